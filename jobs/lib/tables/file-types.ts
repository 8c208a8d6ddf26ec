/** The media types and endings of files that `openTable` reads, for the field that uploads them. */
export const tableFileTypes = [
  "text/csv",
  "text/plain",
  "text/tab-separated-values",
  "text/vcard",
  "text/x-vcard",
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  "application/vnd.oasis.opendocument.spreadsheet",
  "application/zip",
  ".csv",
  ".tsv",
  ".txt",
  ".xlsx",
  ".xlsm",
  ".ods",
  ".vcf",
  ".zip",
];
