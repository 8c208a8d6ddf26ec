/** The input of an import, and of a check of the same file. */
import { z } from "zod";
import { upload } from "../../../server/job.ts";
import { tableFileTypes } from "../tables/file-types.ts";
import { columnMapping } from "./column-mapping.ts";
import { readingFields } from "./reading-fields.ts";

export const importInput = z.object({
  upload_id: upload(...tableFileTypes).meta({
    label: "File of contacts",
    help: "Excel, OpenDocument, vCard, NDJSON or CSV, also in a ZIP. One person per row, with an email column.",
  }),
  mapping: columnMapping.optional(),
  ...readingFields.shape,
  duplicates: z
    .enum(["update", "skip"])
    .default("update")
    .meta({
      label: "Existing contacts",
      options: { update: "Update", skip: "Keep as they are" },
      help: "Empty cells never overwrite existing values.",
    }),
});

export type ImportInput = z.output<typeof importInput>;
