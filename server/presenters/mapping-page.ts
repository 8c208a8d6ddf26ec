/** The page on which the columns of an uploaded file are mapped to fields. */
import type { DurationEstimate } from "../engine/eta/duration-estimate.ts";
import { inputFields, plainFields, tableFieldOf, uploadField } from "../forms/input-fields.ts";
import type { FilePreview, MappingTrial } from "../job.ts";
import { formatBytes } from "../text/bytes.ts";
import { formatNumber } from "../text/counts.ts";
import { type ColumnMappingView, columnMappingView, fieldsOfColumns } from "./column-mapping.ts";
import {
  type FieldView,
  type FormState,
  fieldViews,
  groupFields,
  type HiddenField,
  type Option,
} from "./form.ts";
import {
  buttonViews,
  type EarlierView,
  headOf,
  hiddenFields,
  type JobDraft,
  type MoreFilesView,
  needsText,
  otherError,
  type SubmitView,
  scheduleOf,
  typicalDurationText,
} from "./job-form.ts";
import type { Page } from "./layout.ts";
import type { ScheduleView } from "./schedule.ts";

export interface MappingPage extends Page {
  /** Also the text of the button that starts the job. */
  title: string;
  /** "Skipped columns are left out.", or what the kind says about its columns */
  help: string;
  action: string;
  hidden: HiddenField[];
  /** "contacts.csv", "8.1 MB", "about 100,000 rows" */
  file: { name: string; size: string; rows: string };
  /** Encoding and delimiter, for example. */
  detected: { label: string; value: string }[];
  /** Sentences on what is wrong with the file. */
  warnings: string[];
  /** Chooses one of several tables in the file, and the button that shows its columns. */
  tableField: (FieldView & { button: string }) | null;
  columnMapping: ColumnMappingView;
  /** The names of the first columns, and their cells in the first rows of the file, unchanged. */
  preview: { header: string[]; rows: string[][] };
  /** Null if the mapping cannot be tried, because it is wrong. */
  trial: TrialView | null;
  /** The fields that say how the file is read. */
  readingFields: FieldView[];
  /** Path to which the form is submitted to read the file again. */
  readAgainAction: string;
  /** Whether the person has read the file again, or should: then its fields are open. */
  readingIsOpen: boolean;
  /** The other fields of the form. */
  fields: FieldView[];
  from: EarlierView | null;
  /** Null unless more files were uploaded together with this one. */
  moreFiles: MoreFilesView | null;
  schedule: ScheduleView;
  /** Settings of the environment without which no job starts, as a sentence; or empty. */
  needs: string;
  error: string;
  duration: string;
  changeFileHref: string;
  otherButtons: SubmitView[];
}

/** The first rows as they would be saved. */
export interface TrialView {
  /** "12 of the first 1,000 rows would be rejected" */
  summary: string;
  /** "No @ in the email (9), Missing email (3)"; empty if no row would be rejected */
  reasons: string;
  header: string[];
  rows: string[][];
  /** What the table has no room for, or empty. */
  note: string;
}

/** Columns of the first rows as they are in the file. */
const maxPreviewColumns = 50;

/** The result of the kind's `preview`. */
type PreviewData = Omit<FilePreview, "tryMapping">;

/** @param trial of `shownMapping`; undefined if the kind tries none, or that mapping is refused */
export function mappingPage(
  draft: JobDraft,
  file: { name: string; size: number },
  preview: PreviewData,
  trial: MappingTrial | undefined,
  typical: DurationEstimate | null,
  changeFileHref: string,
): Omit<MappingPage, "layout"> {
  const { kind, values, errors } = draft;
  const upload = uploadField(kind)!;
  const state: FormState = { ...draft, suggested: preview.suggested };
  const table = tableFieldOf(kind);
  const { mapping, columnMapping, tableView, shownTable } = readMapping(draft, preview);
  const views = (affectsPreview: boolean) => {
    const entries = plainFields(kind)
      .filter((field) => field.affectsPreview === affectsPreview && field !== table)
      .flatMap((field) =>
        fieldViews(field, preview.choices, state).map((view) => ({ field, view })),
      );
    return groupFields(entries, state);
  };
  const fields = views(false);
  const readingFields = views(true);
  const warnings = [...(preview.warnings ?? [])];
  const { title, from, moreFiles } = headOf(draft);
  return {
    title,
    help: mapping.help || "Skipped columns are left out.",
    moreFiles,
    action: "/jobs",
    readAgainAction: `/jobs/new/${draft.type}`,
    readingIsOpen:
      draft.wasReadAgain || warnings.length > 0 || readingFields.some(({ error }) => error),
    readingFields,
    hidden: [
      ...hiddenFields(draft),
      { name: upload.name, value: values[upload.name] ?? "" },
      ...(shownTable ? [{ name: "shown_table", value: shownTable }] : []),
    ],
    file: { name: file.name, size: formatBytes(file.size), rows: preview.size },
    detected: preview.facts,
    warnings,
    tableField: tableView
      ? { ...tableView, button: `Show this ${tableView.label.toLowerCase()}` }
      : null,
    columnMapping,
    preview: {
      header: preview.columns.slice(0, maxPreviewColumns).map(({ header }) => header),
      rows: preview.rows.map((cells) => cells.slice(0, maxPreviewColumns)),
    },
    trial: trial && !isMappingWrong(mapping.name, errors) ? trialView(trial) : null,
    fields,
    from,
    schedule: scheduleOf(draft),
    error: otherError({ errors: { ...errors, [mapping.name]: "" } }, [
      ...[...columnMapping.columns, ...columnMapping.empty],
      ...[...fields, ...readingFields],
      ...(tableView ? [tableView] : []),
    ]),
    needs: needsText(draft),
    duration: typicalDurationText(typical),
    changeFileHref,
    otherButtons: buttonViews(kind),
  };
}

/** @returns the mapping that the form would submit as it is shown: by column, the name of a field */
export function shownMapping(draft: JobDraft, preview: PreviewData): Record<string, string> {
  return submittedMapping(readMapping(draft, preview).columnMapping);
}

function readMapping(draft: JobDraft, preview: PreviewData) {
  const { kind, values } = draft;
  const state: FormState = { ...draft, suggested: preview.suggested };
  const table = tableFieldOf(kind);
  const tableView = table && fieldViews(table, preview.choices, state)[0];
  const shownTable = tableView?.value ?? "";
  const isOtherTable = Boolean(draft.shownTable) && draft.shownTable !== shownTable;
  const mapping = inputFields(kind).find((field) => field.type === "columns")!;
  const chosen = fieldsOfColumns(mapping, preview, values, isOtherTable);
  const columnMapping = columnMappingView(mapping, preview, chosen, state);
  return { mapping, columnMapping, tableView, shownTable };
}

function submittedMapping({ columns, empty, others }: ColumnMappingView): Record<string, string> {
  const chosen = ({ options }: { options: Option[] }) =>
    options.find(({ selected }) => selected)?.value ?? "";
  return {
    ...Object.fromEntries([...columns, ...empty].map((column) => [column.place, chosen(column)])),
    ...(others && { others: chosen(others) }),
  };
}

function isMappingWrong(name: string, errors: FormState["errors"] = {}): boolean {
  return Object.keys(errors).some((key) => key === name || key.startsWith(`${name}.`));
}

function trialView({ summary, rejections, header, rows, note }: MappingTrial): TrialView {
  const reasons = rejections.map(({ reason, count }) => `${reason} (${formatNumber(count)})`);
  return { summary, reasons: reasons.join(", "), header, rows, note };
}
