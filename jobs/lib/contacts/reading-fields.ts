/** The input fields that say how a file is read; all are detected unless a person chooses. */
import { z } from "zod";
import { delimiterLabels, delimiterNames, type Encoding, encodingNames } from "../csv/format.ts";

const encodings = Object.keys(encodingNames) as [Encoding, ...Encoding[]];

export const readingFields = z.object({
  sheet: z.string().min(1).max(200).optional().meta({
    label: "Sheet",
    affectsPreview: true,
    selectsTable: true,
  }),
  encoding: z
    .enum(encodings)
    .optional()
    .meta({ label: "Encoding", options: encodingNames, affectsPreview: true }),
  delimiter: z
    .enum(delimiterNames)
    .optional()
    .meta({ label: "Delimiter", options: delimiterLabels, affectsPreview: true }),
  start_row: z.number().int().min(1).max(1_000).optional().meta({
    label: "Table starts in row",
    help: "Rows above it are notes and are not imported.",
    affectsPreview: true,
  }),
  first_row: z
    .enum(["names", "contact"])
    .optional()
    .meta({
      label: "That row is",
      options: { names: "Column names", contact: "A contact" },
      affectsPreview: true,
    }),
});

/** Reads the fields of a form; a field that is empty or wrong is detected instead. */
export function parseReadingFields(
  values: Readonly<Record<string, unknown>>,
): Partial<z.output<typeof readingFields>> {
  const given = { ...values, start_row: Number(values.start_row) };
  const valid = Object.entries(readingFields.shape).flatMap(([name, field]) => {
    const parsed = field.safeParse(given[name as keyof typeof given]);
    return parsed.success ? [[name, parsed.data]] : [];
  });
  return Object.fromEntries(valid);
}
