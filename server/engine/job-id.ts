/** Job ids are UUIDv7: they sort by the time at which the job was created. */

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whether the text is a UUID. Postgres rejects a query with some other texts, such as U+0000. */
export function isJobId(text: string): boolean {
  return uuid.test(text);
}

/**
 * The first 48 bits of a UUIDv7 are a time: https://www.rfc-editor.org/rfc/rfc9562#section-5.7
 * @param at ms since 1970
 * @returns the lowest id of a job that was created at that time
 */
export function minJobIdAt(at: number): string {
  const hex = Math.min(Math.max(0, at), 2 ** 48 - 1)
    .toString(16)
    .padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}
