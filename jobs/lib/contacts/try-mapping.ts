/** Tries a mapping on the first rows of a file: what would be saved, and what would be rejected. */
import { type MappingTrial, Refused } from "../../../server/job.ts";
import type { CsvInspection } from "../csv/inspect.ts";
import { formatCount, formatNumber } from "../numbers.ts";
import type { ContactParser, ContactRow } from "./contact-rows.ts";
import { createParser } from "./contacts-file.ts";
import { contactFields, fieldOfColumn, type Mapping } from "./fields.ts";
import { createFooter, type WaitingRow } from "./footer.ts";
import { isRepeatedHeader } from "./repeated-header.ts";
import type { ScannedRows } from "./scan-rows.ts";

const maxShownRows = 5;
/** Custom fields that the table shows. */
const maxShownFields = 20;
const maxShownCell = 200;

type FirstRows = Pick<ScannedRows, "first" | "hasAllRows">;

/** @returns undefined if no column holds the email, or the mapping does not fit */
export function tryMapping(
  mapping: Mapping,
  rows: FirstRows,
  inspection: CsvInspection,
): MappingTrial | undefined {
  let parser: ContactParser;
  try {
    parser = createParser(mapping, inspection);
  } catch (error) {
    if (error instanceof Refused) return undefined;
    throw error;
  }
  const { contacts, rejected, shown } = parseRows(parser, rows, inspection);
  const counts = new Map<string, number>();
  for (const { reason } of rejected) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const rejections = [...counts].map(([reason, count]) => ({ reason, count }));
  return {
    summary: summaryOf(contacts, rejected.length, rows.hasAllRows),
    rejections: rejections.sort((a, b) => b.count - a.count),
    ...tableOf(shown, mapping, inspection.header),
  };
}

/** Rows that are no contacts and that an import leaves out are not counted. */
function parseRows(
  { parse }: ContactParser,
  { first, hasAllRows }: FirstRows,
  inspection: CsvInspection,
) {
  const footer = createFooter(inspection.header.length);
  const rejected: WaitingRow[] = [];
  const shown: ContactRow[] = [];
  let contacts = 0;
  let lastRow = 0;
  for (const { cells, row } of first) {
    const contact = parse(cells, row);
    if (typeof contact !== "string") {
      rejected.push(...footer.release());
      contacts++;
      if (shown.length < maxShownRows) shown.push(contact);
    } else if (!isRepeatedHeader(cells, inspection)) {
      const refused = { cells, row, reason: contact };
      if (footer.hold(refused)) continue;
      rejected.push(...footer.release(), refused);
    }
    lastRow = row;
  }
  rejected.push(...(hasAllRows ? footer.end(lastRow).rejected : footer.release()));
  return { contacts, rejected, shown };
}

function summaryOf(contacts: number, rejected: number, hasAllRows: boolean): string {
  const rows = contacts + rejected;
  const all = hasAllRows ? formatCount(rows, "row") : `the first ${formatCount(rows, "row")}`;
  if (rejected === 0) {
    if (rows === 1) return "The only row can be imported";
    return hasAllRows ? `All ${all} can be imported` : `All of ${all} can be imported`;
  }
  if (contacts > 0) return `${formatNumber(rejected)} of ${all} would be rejected`;
  if (rows === 1) return "The only row would be rejected";
  return hasAllRows ? `All ${all} would be rejected` : `All of ${all} would be rejected`;
}

function tableOf(
  contacts: readonly ContactRow[],
  mapping: Mapping,
  header: readonly string[],
): Pick<MappingTrial, "header" | "rows" | "note"> {
  const mapped = new Set(header.map((_, column) => fieldOfColumn(mapping, column)));
  const rows = contacts.map(([email, , first, last, company, phone, , custom, tags]) => ({
    values: [email, first, last, company, phone],
    custom: JSON.parse(custom ?? "{}") as Record<string, string>,
    tags: (JSON.parse(tags ?? "[]") as string[]).join(", "),
  }));
  const shownFields = [...contactFields.keys()].filter(
    (at) => mapped.has(contactFields[at]!.name) || rows.some(({ values }) => values[at]),
  );
  const names = [...new Set(rows.flatMap(({ custom }) => Object.keys(custom)))];
  const shownNames = names.slice(0, maxShownFields);
  const hidden = names.length - shownNames.length;
  const hasTags = mapped.has("tags");
  return {
    header: [
      ...shownFields.map((at) => contactFields[at]!.label),
      ...(hasTags ? ["Tags"] : []),
      ...shownNames.map((name) => `${name} (custom field)`),
    ],
    rows: rows.map(({ values, custom, tags }) => [
      ...shownFields.map((at) => shorten(values[at] ?? "")),
      ...(hasTags ? [shorten(tags)] : []),
      ...shownNames.map((name) => shorten(custom[name] ?? "")),
    ]),
    note: hidden === 0 ? "" : `${formatCount(hidden, "more custom field")}, not shown here.`,
  };
}

function shorten(text: string): string {
  return text.length > maxShownCell ? `${text.slice(0, maxShownCell - 1)}…`.toWellFormed() : text;
}
