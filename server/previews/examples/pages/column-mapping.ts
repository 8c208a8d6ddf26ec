/** The columns of a file that are mapped to fields. */
import type { ColumnMappingView, ColumnView } from "../../../presenters/column-mapping.ts";
import { options } from "./fields.ts";

function columnView(header: string, chosen: string, samples: string[], place: number): ColumnView {
  return {
    place,
    name: `mapping.${place}`,
    header,
    samples,
    options: options(chosen, "Skip", "Email", "First name", "Last name", "Company", "Phone"),
    error: "",
    errorId: "",
    hasFocus: false,
  };
}

export const columns = [
  ["E-Mail", "Email", "ada@example.com", "grace.hopper@navy.example.com", "linus@example.org"],
  ["Vorname", "First name", "Ada", "Grace", "Linus"],
  ["Nachname", "Last name", "Lovelace", "Hopper", "Torvalds"],
  ["Firma", "Company", "Analytical Engines & Co. KG", "US Navy", ""],
  ["Tel.", "Phone", "+44 20 7946 0018", "", "+358 9 1234"],
  ["Notizen", "Skip", '=HYPERLINK("http://x")', "", "<b>fett</b>"],
].map(([header = "", chosen = "", ...samples], place) =>
  columnView(header, chosen, samples, place),
);
export const columnMapping: ColumnMappingView = {
  error: "",
  note: "No column holds the email yet. Choose the one that does.",
  columns,
  empty: [columnView("Fax", "Skip", [], 6)],
  emptyText: "1 column without values",
  others: {
    name: "mapping.others",
    label: "284 more columns",
    headers: "Birthday, Notes & more …",
    options: options("Custom field", "Skip", "Custom field"),
  },
};
