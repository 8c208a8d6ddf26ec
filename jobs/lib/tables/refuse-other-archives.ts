/** Recognises documents that are ZIP archives, so that the message can name them. */
import { Refused } from "../../../server/job.ts";
import type { ZipArchive } from "./zip-archive.ts";

const CSV = "Export the data as CSV and upload that file.";

const documents: { holds: RegExp; is: string; advice: string }[] = [
  {
    holds: /^xl\/workbook\.bin$/,
    is: "a binary Excel workbook",
    advice: "Open it in Excel, choose Save As and then Excel Workbook, and upload that file.",
  },
  { holds: /^word\//, is: "a Word document", advice: CSV },
  { holds: /^ppt\//, is: "a PowerPoint presentation", advice: CSV },
  {
    holds: /^Index\/.*\.iwa$|^Index\.zip$/,
    is: "a Numbers spreadsheet",
    advice: "Open it in Numbers, export it to Excel or CSV, and upload that file.",
  },
  { holds: /^\[Content_Types\]\.xml$/, is: "an Office document", advice: CSV },
  { holds: /^mimetype$/, is: "a document", advice: CSV },
  { holds: /^META-INF\/MANIFEST\.MF$/, is: "a program", advice: CSV },
];

/** @throws Refused if the archive is a document without a table that can be read */
export function refuseOtherArchives({ entries }: ZipArchive, fileName: string): void {
  for (const { holds, is, advice } of documents) {
    if (!entries.some(({ name }) => holds.test(name))) continue;
    throw new Refused(`${fileName} is ${is}, not a spreadsheet or CSV file`, advice);
  }
}
