/** The input field that maps columns of a file to contact fields. */
import { z } from "zod";
import { Refused } from "../../../server/job.ts";
import { formatCount } from "../numbers.ts";
import { columnsOf } from "./contact-rows.ts";
import { type Mapping, mappableFields } from "./fields.ts";

const fieldName = z.enum(["", ...mappableFields.map(({ name }) => name)]);

/** Column index, from 0, to field. Columns that are not listed become custom fields. */
export const columnMapping = z
  .record(z.string().regex(/^\d{1,5}$/, "Columns are numbered from 0"), fieldName)
  .superRefine((mapping, context) => {
    try {
      columnsOf(mapping);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      context.addIssue({
        code: "custom",
        message: `${error.message}. ${error.advice ?? ""}`.trim(),
      });
    }
  })
  .meta({ label: "Columns", columns: mappableFields });

/** @throws Refused if the mapping names a column that the file does not have */
export function requireMappedColumns(mapping: Mapping, width: number): void {
  for (const [column, field] of Object.entries(mapping)) {
    if (field === "" || Number(column) < width) continue;
    throw new Refused(
      `Column ${Number(column) + 1} is mapped, but the file has only ${formatCount(width, "column")}`,
      "Choose from the columns of the file.",
    );
  }
}
