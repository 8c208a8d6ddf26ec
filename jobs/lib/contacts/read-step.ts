/** The step "Reading the file" of an import and of a check. */
import type { JobContext } from "../../../server/job.ts";
import { type DelimiterName, delimiterName } from "../csv/format.ts";
import { openContacts } from "./contacts-file.ts";
import { contactFields, type Mapping } from "./fields.ts";
import type { ImportInput } from "./import-input.ts";
import { foundMessage, mappingMessage } from "./messages.ts";
import { type ReadProgress, readContacts } from "./read-contacts.ts";
import { writeRejectedRows } from "./rejected-rows.ts";

export const readStep = "Reading the file";

/** The result of the step: its last cursor, and how the file was read. */
export interface ReadResult extends ReadProgress {
  mapping: Mapping;
  delimiter: DelimiterName;
}

/** @param onExpect is called with the number of contacts that the file seems to hold */
export async function readFile(
  job: JobContext,
  { upload_id, ...reading }: ImportInput,
  onExpect?: (contacts: number) => void,
): Promise<ReadResult> {
  const file = await openContacts(await job.open(upload_id), reading);
  const read = await readContacts(job, file, undefined, onExpect);
  await writeRejectedRows(job, file, read.rejected);
  job.log(mappingMessage(file));
  job.log(foundMessage(read.contacts, job.counts.rejected));
  return { ...read, mapping: file.mapping, delimiter: delimiterName(file.inspection.delimiter) };
}

/**
 * The input of an import of the rows that a job rejected. They alone may suggest another mapping, so
 * the original one is kept. The file of rejected rows always has a header.
 */
export function inputForRejectedRows<Input extends ImportInput>(
  input: Input,
  value: (step: typeof readStep) => unknown,
): Input {
  const read = value(readStep) as Partial<ReadResult> | undefined;
  const { mapping = input.mapping, delimiter = input.delimiter } = read ?? {};
  const format = { encoding: "utf-8", delimiter, start_row: 1, first_row: "names" } as const;
  return { ...input, ...format, sheet: undefined, mapping };
}

/** @returns the column of the cell that a reason is about: the email, unless it names another field */
export function columnOfReason(
  reason: string,
  input: ImportInput,
  value: (step: typeof readStep) => unknown,
): number | undefined {
  const read = value(readStep) as Partial<ReadResult> | undefined;
  const mapping = read?.mapping ?? input.mapping ?? {};
  const columnOf = (field: string) =>
    Object.keys(mapping).find((column) => mapping[column] === field);
  const named = contactFields.find(({ label }) => reason.startsWith(label))?.name ?? "email";
  const column = columnOf(named) ?? (named === "email" ? undefined : columnOf("full_name"));
  return column === undefined ? undefined : Number(column);
}
