import type { Pages } from "../../../templates.ts";
import { layout } from "../layout.ts";
import { columnMapping, columns } from "./column-mapping.ts";
import { field, options } from "./fields.ts";
import type { PageExamples } from "./page-example.ts";
import { schedule } from "./schedule.ts";

const mapping: Pages["jobs/mapping"] = {
  layout: { ...layout, title: "Import contacts", section: "new" },
  title: "Import contacts",
  help: "A custom field keeps the name of its column; skipped columns aren't imported.",
  action: "/jobs",
  hidden: [
    { name: "type", value: "contact_import" },
    { name: "idempotency_key", value: "k-1" },
    { name: "upload_id", value: "u-1" },
  ],
  file: { name: "autumn-fair.csv", size: "8.1 MB", rows: "about 100,000 rows" },
  warnings: ["Row 7 has letters that can’t be read as UTF-8."],
  tableField: {
    ...field("sheet", "Sheet", {
      type: "select",
      value: "People",
      options: [
        { value: "People", label: "People", selected: true },
        { value: "Old", label: "Old (hidden)", selected: false },
      ],
    }),
    button: "Show this sheet",
  },
  detected: [
    { label: "Encoding", value: "UTF-8" },
    { label: "Delimiter", value: "semicolon" },
  ],
  columnMapping,
  preview: {
    header: columns.map(({ header }) => header),
    rows: [
      [
        "ada@example.com",
        "Ada",
        "Lovelace",
        "Analytical Engines & Co. KG",
        "+44 20 7946 0018",
        "=HYPERLINK(…)",
      ],
      ["grace.hopper@navy.example.com", "Grace", "Hopper", "US Navy", "", ""],
    ],
  },
  trial: {
    summary: "12 of the first 1,000 rows would be rejected",
    reasons: "No @ in the email (9), Missing email (3)",
    header: ["Email", "First name", "City (custom field)"],
    rows: [["ada@example.com", "Ada", "<b>London</b>"]],
    note: "11 more custom fields, not shown here.",
  },
  fields: [
    field("duplicates", "Existing contacts", {
      type: "select",
      options: options("Update", "Update", "Keep as they are"),
    }),
  ],
  from: null,
  schedule,
  error: "",
  duration: "Usually 1-3 minutes",
  readingFields: [field("start_row", "First row of the table", { type: "number", value: "3" })],
  readAgainAction: "/jobs/new/contact_import",
  readingIsOpen: false,
  changeFileHref: "/jobs/new/contact_import",
  needs: "",
  otherButtons: [
    {
      ...{ name: "validate_only", label: "Check only", action: "" },
      help: "Says what an import would do.",
    },
  ],
  moreFiles: {
    text: "2 more files follow: friends.csv, a.csv",
    skipHref: "/jobs/new/contact_import?upload_id=0198c5d2-7a41-7c3e-9f10-3b5a6c7d8e9f",
  },
};

/** The page that maps the columns of a file. */
export const mappingPages: PageExamples = {
  mapping: { template: "jobs/mapping", data: mapping },
  "mapping-refused": {
    template: "jobs/mapping",
    data: {
      ...mapping,
      trial: null,
      columnMapping: {
        ...columnMapping,
        error: "No column is mapped to Email. Choose the column with the email addresses.",
        columns: columns.map((column, place) => ({
          ...column,
          ...(place === 0 && { errorId: "mapping-error", hasFocus: true }),
          ...(place > 3 && { error: "Two columns are mapped to Phone.", errorId: `e-${place}` }),
        })),
        empty: [],
        others: null,
      },
    },
  },
};
