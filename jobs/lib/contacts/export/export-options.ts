/** The input fields of an export. */
import { z } from "zod";
import { type OutputEncoding, outputEncodingNames } from "../../csv/encode.ts";
import { delimiterLabels, delimiterNames } from "../../csv/format.ts";
import { isFieldName } from "./export-columns.ts";

export const exportFormats = { csv: "CSV", xlsx: "Excel (.xlsx)", ndjson: "NDJSON" } as const;

export type ExportFormat = keyof typeof exportFormats;

const formats = Object.keys(exportFormats) as [ExportFormat, ...ExportFormat[]];
const encodings = Object.keys(outputEncodingNames) as [OutputEncoding, ...OutputEncoding[]];
const onlyCsv = { onlyIf: { format: "csv" } };

export const exportOptions = z.object({
  q: z.string().trim().max(200, "Use at most 200 characters").optional().meta({
    label: "Search",
    help: "Words in the name, email, company, tags or custom fields. Leave empty for all contacts.",
  }),
  tag: z.string().trim().max(100).optional().meta({ label: "With the tag" }),
  job_id: z.string().optional().meta({ label: "From the import" }),
  format: z.enum(formats).default("csv").meta({
    label: "Format",
    options: exportFormats,
    help: "Excel files open right in every language. NDJSON is for programs: one contact per line.",
  }),
  delimiter: z
    .enum(delimiterNames)
    .default("comma")
    .meta({
      label: "Delimiter",
      options: delimiterLabels,
      help: "Excel in most of Europe needs semicolons.",
      ...onlyCsv,
    }),
  encoding: z
    .enum(encodings)
    .default("utf-8-bom")
    .meta({ label: "Encoding", options: outputEncodingNames, ...onlyCsv }),
  protect_numbers: z
    .boolean()
    .default(true)
    .meta({
      label: "Protect phone numbers and codes from Excel",
      help: 'Excel drops leading zeros and rounds long numbers. They are written as ="0049…", which an import reads back.',
      ...onlyCsv,
    }),
  fields: z
    .array(z.string().refine(isFieldName, "Unknown field"))
    .min(1, "Choose at least one field")
    .refine((names) => new Set(names).size === names.length, "Choose each field once")
    .optional()
    .meta({ label: "Fields", ordered: true }),
  prefix: z.string().trim().toLowerCase().max(254, "Use at most 254 characters").optional().meta({
    label: "Email starts with",
    help: "Use the search instead.",
    deprecated: true,
  }),
});

export type ExportOptions = z.output<typeof exportOptions>;
