/** The stored values of a contact, for its pages. */
import type { ContactRow } from "../backend/schema.ts";

export type Contact = Omit<ContactRow, "account_id" | "job_id">;

export function parseTags(tags: string | null): string[] {
  return tags ? JSON.parse(tags) : [];
}

/** Without a prototype: a field may be named "constructor". */
export function parseFields(fields: string | null): Record<string, string> {
  return Object.assign(Object.create(null), fields ? JSON.parse(fields) : {});
}
