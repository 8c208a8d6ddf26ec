/** Inserts contacts as a batch of an import does, with its record of changes. */
import { recordChanges } from "../../jobs/lib/contacts/contact-changes.ts";
import type { Backend } from "../../server/backend/backend.ts";
import { insertJob } from "../support/job-row.ts";

export interface GivenContact {
  email: string;
  first_name?: string;
  last_name?: string;
  company?: string;
  phone?: string;
  tags?: string[];
  custom_fields?: Record<string, string>;
}

/** @returns the id of the job */
export async function insertContacts(
  backend: Backend,
  given: readonly GivenContact[],
  {
    accountId = "account-1",
    ...job
  }: { accountId?: string; status?: "done" | "running"; id?: string } = {},
): Promise<string> {
  const now = backend.now();
  const { id: job_id } = await insertJob(backend, {
    ...{ kind: "contact_import", account_id: accountId, status: "done", finished_at: now },
    ...job,
  });
  const rows = [...given]
    .sort((a, b) => (a.email < b.email ? -1 : 1))
    .map(({ tags, custom_fields, ...values }) => ({
      ...values,
      tags: tags ? JSON.stringify(tags) : null,
      custom_fields: custom_fields ? JSON.stringify(custom_fields) : null,
      ...{ account_id: accountId, job_id, created_at: now, updated_at: now },
    }));
  await backend.write(async ({ db }) => {
    const ids: number[] = [];
    for (let from = 0; from < rows.length; from += 500) {
      const some = db
        .insertInto("contacts")
        .values(rows.slice(from, from + 500))
        .returning("id");
      ids.push(...(await some.execute()).map(({ id }) => id));
    }
    await recordChanges(
      { db },
      {
        ...{ job: { id: job_id, accountId }, batch: 0, at: now },
        emails: [rows[0]!.email, rows.at(-1)!.email],
        created: ids,
        updated: [],
      },
    );
    await db
      .updateTable("accounts")
      .set(({ eb }) => ({ contact_count: eb("contact_count", "+", rows.length) }))
      .where("id", "=", accountId)
      .execute();
  });
  return job_id;
}
