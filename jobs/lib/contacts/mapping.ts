/** The input that says which column of a file holds which field. */
import { z } from "zod";
import { Refused } from "../../../server/job.ts";
import { type Mapping, mappedFields } from "./fields.ts";
import { compileMapping } from "./validate.ts";

const holds = z.enum(["", ...mappedFields.map(({ name }) => name)]);

/** From the number of a column, counted from 0, to its field. Columns left out are not read. */
export const columnMapping = z
  .record(z.string().regex(/^\d{1,5}$/, "Columns are numbered from 0"), holds)
  .superRefine((mapping, context) => {
    try {
      compileMapping(mapping);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      context.addIssue({
        code: "custom",
        message: `${error.message}. ${error.advice ?? ""}`.trim(),
      });
    }
  })
  .meta({ label: "Columns", columns: mappedFields });

/** @throws Refused where a field is to come from a column that the file does not have */
export function refuseMissingColumns(mapping: Mapping, width: number): void {
  for (const [column, field] of Object.entries(mapping)) {
    if (field === "" || Number(column) < width) continue;
    throw new Refused(
      `Column ${Number(column) + 1} is mapped, but the file has only ${width} columns`,
      "Choose from the columns of the file.",
    );
  }
}
