const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whether the text is a UUID. Postgres rejects a query with some other texts, such as U+0000. */
export function isJobId(text: string): boolean {
  return uuid.test(text);
}
