/**
 * The address of a form with its values. A submitted form that is shown again is redirected there, so
 * that loading the page again, or opening its address, neither sends the form nor loses it.
 */
import { withoutSecrets } from "../../forms/input-values.ts";
import { type chooseFileField, moreFilesField, moreFilesValue } from "../../presenters/job-form.ts";
import type { Draft } from "./job-form-pages.ts";

/** Common proxies refuse longer request lines than 8 kB. */
const maxLength = 6_000;

/** Why a form is shown again: its fields in the query. */
export type ShownAgain = "refused" | "read_again" | typeof chooseFileField | "";

/** @returns undefined if the values are too long for an address */
export function formAddress(draft: Draft, why: ShownAgain): string | undefined {
  const { type, kind, values, schedule, from, moreFiles = [], idempotencyKey, shownTable } = draft;
  const query = new URLSearchParams({
    ...withoutSecrets(kind, values),
    ...given({ ...schedule, shown_table: shownTable, idempotency_key: idempotencyKey }),
    ...given({ from_job: from?.id, [moreFilesField]: moreFilesValue(moreFiles) }),
    ...(why && { [why]: "1" }),
  });
  const address = `/jobs/new/${type}?${query}`;
  return address.length > maxLength ? undefined : address;
}

function given(fields: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).filter((each): each is [string, string] => Boolean(each[1])),
  );
}
