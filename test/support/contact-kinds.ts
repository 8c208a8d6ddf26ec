/** The kinds that work on contacts, as the application has them. */
import contactCheck from "../../jobs/contact_check.ts";
import contactImport from "../../jobs/contact_import.ts";
import contactUndo from "../../jobs/contact_undo.ts";
import type { Catalog } from "../../server/catalog.ts";
import type { Kind } from "../../server/job.ts";

export const contactKinds: Catalog = new Map(
  Object.entries({
    contact_import: contactImport as unknown as Kind,
    contact_check: contactCheck as unknown as Kind,
    contact_undo: contactUndo as unknown as Kind,
  }),
);
