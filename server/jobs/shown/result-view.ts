/** What a job leaves, as people see it. Pure, and blind to the viewer like all of a frame. */
import type { FileRow, JobErrorRow } from "../../backend/schema.ts";
import { amountOf, moment, number, size } from "./format.ts";
import type { ShownRow } from "./shown-row.ts";
import type { ResultView } from "./view-types.ts";

export function resultView(
  row: ShownRow,
  unit: string,
  files: readonly FileRow[],
  errors: readonly JobErrorRow[],
): ResultView {
  return {
    page: row.result_page ? { href: row.result_page, text: "View the result" } : null,
    files: files.map((file) => ({
      // A signed link is made for the person who asks, so the frame holds the way to it.
      href: `/jobs/${row.id}/result?file=${file.id}`,
      name: file.name,
      size: size(file.size),
      role: file.role,
      expires: moment(file.expires_at),
    })),
    errors: errors.map(({ reason, count, rows }) => ({
      reason,
      count: amountOf(count, unit),
      rows: rowsText(JSON.parse(rows), count),
    })),
  };
}

function rowsText(shown: number[], count: number): string {
  const list = shown.map(number);
  const more = count - shown.length;
  if (more > 0) return `rows ${list.join(", ")} and ${number(more)} more`;
  if (list.length === 1) return `row ${list[0]}`;
  return `rows ${list.slice(0, -1).join(", ")} and ${list.at(-1)}`;
}
