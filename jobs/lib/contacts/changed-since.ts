/** Lists the contacts that an undo left alone, because somebody changed them after the undone job. */
import type { JobContext } from "../../../server/job.ts";
import { BYTE_ORDER_MARK, formatRow } from "../csv/write-rows.ts";
import type { Before } from "./contact-changes.ts";
import { findById, type StoredContact } from "./find-contacts.ts";
import { changesOf } from "./undo-changes.ts";

/** Writes the list as a file of the job; call it after the undo. */
export async function writeChangedSince(job: JobContext, undoneId: string): Promise<void> {
  await job.file({ name: "changed-since.csv", type: "text/csv" }, content());

  async function* content() {
    yield BYTE_ORDER_MARK + formatRow(["Email", "Changed by", "Changed at"]);
    for await (const change of changesOf(job, undoneId)) {
      job.signal.throwIfAborted();
      const old = new Map<number, Before>(change.updated);
      const ids = [...change.created, ...old.keys()];
      let text = "";
      for (const contact of (await findById(job, job.accountId, ids)).values()) {
        if (wasRestored(contact, old.get(contact.id))) continue;
        const by = contact.job_id === "" ? "A person" : "Another job";
        text += formatRow([contact.email, by, new Date(contact.updated_at).toISOString()]);
      }
      yield text;
    }
  }
}

/** A contact that the job created and that still exists was changed since. */
function wasRestored(contact: StoredContact, before: Before | undefined): boolean {
  return before?.job_id === contact.job_id && before.updated_at === contact.updated_at;
}
