/** The input field that maps columns of a file to contact fields. */
import { z } from "zod";
import { Refused } from "../../../server/job.ts";
import { formatCount } from "../numbers.ts";
import { type Mapping, mappableFields, otherColumns } from "./fields.ts";
import { findMappingFaults } from "./mapped-columns.ts";

const fieldName = z.enum(["", ...mappableFields.map(({ name }) => name)]);
const columnKey = new RegExp(`^(?:\\d{1,5}|${otherColumns})$`);

/** Column index, from 0, to field. Columns that are not listed become what `others` says, or custom fields. */
export const columnMapping = z
  .record(z.string().regex(columnKey, "Columns are numbered from 0"), fieldName)
  .superRefine((mapping, context) => {
    for (const { columns, message, advice } of findMappingFaults(mapping)) {
      const issue = { code: "custom", message: `${message}. ${advice}` } as const;
      if (columns.length === 0) context.addIssue(issue);
      for (const column of columns) context.addIssue({ ...issue, path: [column] });
    }
    if (!["", "custom", undefined].includes(mapping[otherColumns])) {
      context.addIssue({
        code: "custom",
        path: [otherColumns],
        message: "Other columns can become custom fields or be skipped",
      });
    }
  })
  .meta({
    label: "Columns",
    help: "A custom field keeps the name of its column; skipped columns aren't imported.",
    columns: mappableFields,
  });

/** @throws Refused if the mapping names a column that the file does not have */
export function requireMappedColumns(mapping: Mapping, width: number): void {
  for (const [column, field] of Object.entries(mapping)) {
    if (field === "" || column === otherColumns || Number(column) < width) continue;
    throw new Refused(
      `Column ${Number(column) + 1} is mapped, but the file has only ${formatCount(width, "column")}`,
      "Choose from the columns of the file.",
    );
  }
}
