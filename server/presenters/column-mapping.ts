/** The selects that map each column of an uploaded file to a field. */
import type { InputField } from "../forms/input-fields.ts";
import type { FormValues } from "../forms/input-values.ts";
import type { ColumnField, FilePreview } from "../job.ts";
import { formatCount } from "../text/counts.ts";
import type { FormState, Option } from "./form.ts";

export interface ColumnMappingView {
  /** An error of the mapping as a whole, or empty. */
  error: string;
  /** "No column holds the email yet. Choose the one that does.", or empty. */
  note: string;
  columns: ColumnView[];
  /** Columns without a value as far as the file was read. */
  empty: ColumnView[];
  /** "12 columns without values"; empty if there are none */
  emptyText: string;
  /** Null unless there are more columns than the page asks about. */
  others: OtherColumnsView | null;
}

export interface ColumnView {
  /** The column, from 0. */
  place: number;
  /** Name of the select. */
  name: string;
  header: string;
  /** The first values of the column. */
  samples: string[];
  options: Option[];
  /** The error of this column alone, or empty. */
  error: string;
  /** The id of the error that the select is described by, or empty. */
  errorId: string;
  /** True for the first select that is wrong. */
  hasFocus: boolean;
}

export interface OtherColumnsView {
  /** Name of the select. */
  name: string;
  /** "284 more columns" */
  label: string;
  /** "City, Notes, Birthday …" */
  headers: string;
  options: Option[];
}

/** A select has 500 bytes; this many are as long a list as a person goes through. */
const maxColumns = 100;
const maxListedHeaders = 20;
/** The id of the error of the mapping as a whole. */
const mappingErrorId = "mapping-error";
const skipped: ColumnField = { name: "", label: "Skip" };

/** @param chosen the field of each column that the person or the file has chosen, as `fieldsOfColumns` gives it */
export function columnMappingView(
  field: InputField,
  { columns }: FilePreview,
  chosen: readonly string[],
  { values, errors = {} }: FormState,
): ColumnMappingView {
  const defaultField = field.columns.find(({ isDefault }) => isDefault);
  const missing = field.columns.find(
    ({ isRequired, name }) => isRequired && !chosen.includes(name),
  );
  const error = errors[field.name] ?? "";
  const places = [...columns.keys()];
  const errorOf = (place: number) => errors[`${field.name}.${place}`] ?? "";
  const isSpecial = (place: number) =>
    errorOf(place) !== "" || (chosen[place] !== "" && chosen[place] !== defaultField?.name);
  const hasValues = (place: number) => columns[place]!.samples.length > 0;

  const special = new Set(places.filter(isSpecial));
  const room = Math.max(0, maxColumns - special.size);
  const plain = places.filter((place) => !special.has(place));
  const ordered = [...plain.filter(hasValues), ...plain.filter((place) => !hasValues(place))];
  const asked = new Set([...special, ...(defaultField ? ordered.slice(0, room) : ordered)]);
  const shown = places.filter((place) => asked.has(place));
  const hidden = places.filter((place) => !asked.has(place));

  // A column of this name, or else the first one, is the likeliest to be wrong.
  const suggested = columns.findIndex(({ holds }) => holds === missing?.name);
  const wrong = error && missing ? Math.max(0, suggested) : -1;
  const focused = shown.find((place) => place === wrong || errorOf(place) !== "");
  const views = shown.map((place): ColumnView => {
    const { header, samples } = columns[place]!;
    const own = errorOf(place);
    return {
      place,
      name: `${field.name}.${place}`,
      header,
      samples,
      options: optionsOf([skipped, ...field.columns], chosen[place]!),
      error: own,
      errorId: own ? `holds-${place}-error` : place === wrong ? mappingErrorId : "",
      hasFocus: place === focused,
    };
  });
  const isApart = ({ place }: ColumnView) =>
    !special.has(place) && !hasValues(place) && place !== wrong;
  const empty = views.filter(isApart);
  return {
    error,
    note: !error && missing ? noteOf(missing) : "",
    columns: views.filter((view) => !isApart(view)),
    empty,
    emptyText: empty.length > 0 ? `${formatCount(empty.length, "columns")} without values` : "",
    others:
      hidden.length > 0 && defaultField
        ? {
            name: `${field.name}.others`,
            label: formatCount(hidden.length, "more columns"),
            headers: listOf(hidden.map((place) => columns[place]!.header)),
            options: optionsOf(
              [skipped, defaultField],
              values[`${field.name}.others`] ?? defaultField.name,
            ),
          }
        : null,
  };
}

/**
 * @param isOtherTable whether the person chose for the columns of another table
 * @returns the field that each column holds: as the person chose, or as the file suggests
 */
export function fieldsOfColumns(
  field: InputField,
  { columns }: FilePreview,
  values: FormValues,
  isOtherTable: boolean,
): string[] {
  const isStale = isOtherTable || mappingIsStale(field.name, columns.length, values);
  return columns.map(({ holds }, place) => {
    return (isStale ? undefined : values[`${field.name}.${place}`]) ?? holds;
  });
}

/**
 * A file that is read in another way may have other columns: then the person's choices are of no use,
 * nor are they where all columns were skipped because none was recognised.
 */
function mappingIsStale(field: string, columns: number, values: FormValues): boolean {
  const chosen = Object.entries(values).filter(
    ([name]) => name.startsWith(`${field}.`) && /\.\d+$/.test(name),
  );
  const places = chosen.map(([name]) => Number(name.slice(field.length + 1)));
  return chosen.every(([, value]) => value === "") || Math.max(...places) >= columns;
}

function noteOf({ label }: ColumnField): string {
  return `No column holds the ${label.toLowerCase()} yet. Choose the one that does.`;
}

function listOf(headers: readonly string[]): string {
  const listed = headers.slice(0, maxListedHeaders).join(", ");
  return headers.length > maxListedHeaders ? `${listed} …` : listed;
}

function optionsOf(fields: readonly ColumnField[], chosen: string): Option[] {
  return fields.map(({ name, label }) => ({ value: name, label, selected: name === chosen }));
}
