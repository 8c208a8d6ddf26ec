/** The choices of the export form that depend on the account: fields, tags and imports. */
import type { AccountData, Choice, Choices } from "../../../../server/job.ts";
import { listCustomFields, listTags } from "../contact-names.ts";
import { customPrefix, standardFields } from "./export-columns.ts";

/** Imports in the select; others can be exported from their own page. */
const maxImports = 20;
const day = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeZone: "UTC" });

export async function exportChoices(
  account: AccountData,
  { job_id }: Readonly<Record<string, unknown>>,
): Promise<Choices> {
  const [customFields, tags, imports] = await Promise.all([
    listCustomFields(account),
    listTags(account),
    listImports(account, typeof job_id === "string" ? job_id : ""),
  ]);
  return {
    fields: [
      ...standardFields
        .filter(({ isDefault }) => isDefault)
        .map(({ name, label }) => ({ value: name, label })),
      ...customFields.map((name) => ({ value: customPrefix + name, label: name })),
      ...standardFields
        .filter(({ isDefault }) => !isDefault)
        .map(({ name, label }) => ({ value: name, label, isDefault: false })),
    ],
    tag: withAll(
      "Any tag or none",
      tags.map((name) => ({ value: name, label: name })),
    ),
    job_id: withAll("All contacts", imports),
  };
}

/** @returns no choices if there is nothing to choose from */
function withAll(label: string, choices: Choice[]): Choice[] {
  return choices.length === 0 ? [] : [{ value: "", label }, ...choices];
}

/** @returns the latest imports of the person, and the given one */
async function listImports(
  { db, accountId, userId }: AccountData,
  given: string,
): Promise<Choice[]> {
  const imports = db
    .selectFrom("jobs")
    .select(["id", "subject", "finished_at"])
    .where("account_id", "=", accountId)
    .where("kind", "=", "contact_import");
  const latest = await imports
    .where("user_id", "=", userId)
    .where("status", "=", "done")
    .where("finished_at", "is not", null)
    .where("hidden_at", "is", null)
    .orderBy("finished_at", "desc")
    .limit(maxImports)
    .execute();
  const choices = latest.map(({ id, subject, finished_at }) => {
    const date = day.format(new Date(Number(finished_at)));
    return { value: id, label: subject ? `${subject}, ${date}` : date };
  });
  if (given === "" || choices.some(({ value }) => value === given)) return choices;
  return [{ value: given, label: "The chosen import" }, ...choices];
}
