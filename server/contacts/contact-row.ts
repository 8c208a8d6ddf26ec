import type { Selectable } from "kysely";
import type { ContactsTable } from "../backend/schema.ts";

/** A contact as the database has it. */
export type ContactRow = Selectable<ContactsTable>;
