/** Converts between the values of a form or a query and the input of a kind. */
import type { Kind } from "../job.ts";
import { parseDateTime, zoneSuffix } from "./date-times.ts";
import { type FieldGroup, type InputField, inputFields } from "./input-fields.ts";

/**
 * By field name. A part of a field has a name of its own: "mapping.3" for a column of an uploaded file,
 * "fields.email" for the place of a value in a list, "tags.red" for a tick, "due_at.zone" for a zone.
 */
export type FormValues = Readonly<Record<string, string>>;

type Input = Record<string, unknown>;

/** Converts values to the types that the kind's schema expects. `checkInput` validates them. */
export function parseInput(kind: Pick<Kind, "input">, values: FormValues): Input {
  const input: Input = {};
  const fields = inputFields(kind);
  for (const field of fields) {
    for (const { path } of field.groups) setAt(input, path, getAt(input, path) ?? {});
    const value = fieldValue(field, values);
    if (value !== undefined) setAt(input, field.path, value);
  }
  for (const group of emptyGroups(fields, input)) deleteAt(input, group.path);
  for (const name of inapplicableFields(fields, input)) delete input[name];
  return input;
}

/** An object that may be left out is left out if nothing in it was filled in. */
function emptyGroups(fields: readonly InputField[], input: Input): FieldGroup[] {
  const groups = new Set(fields.flatMap((field) => field.groups));
  return [...groups].filter((group) => {
    const inside = fields.filter((field) => field.groups.includes(group));
    return (
      group.isOptional && inside.every((field) => isUntouched(field, getAt(input, field.path)))
    );
  });
}

function isUntouched({ type, initial }: InputField, value: unknown): boolean {
  if (value === undefined || value === null || value === "") return true;
  if (Array.isArray(value)) return value.length === 0;
  if (type === "checkbox") return value === (initial === "true");
  return String(value) === initial;
}

/** Without JavaScript a form submits fields, too, that do not apply to the choices of the person. */
function inapplicableFields(fields: readonly InputField[], input: Readonly<Input>): string[] {
  const valueOfField = (name: string) =>
    input[name] ?? fields.find((field) => field.name === name)?.initial;
  return fields
    .filter(({ onlyIf }) =>
      Object.entries(onlyIf).some(([name, value]) => valueOfField(name) !== value),
    )
    .map(({ path }) => path[0]!);
}

/** The inverse of `parseInput`. Leaves out secrets: the person types them again. */
export function formValuesOf(kind: Pick<Kind, "input">, input: Input): FormValues {
  const values: Record<string, string> = {};
  for (const field of inputFields(kind)) {
    const { name, secret, hidden, button } = field;
    const value = getAt(input, field.path);
    if (value === undefined || secret || hidden || button) continue;
    Object.assign(values, value === null ? { [name]: "" } : valuesOfField(field, value));
  }
  return values;
}

function valuesOfField({ name, type }: InputField, value: unknown): FormValues {
  if (type === "checkbox") return { [name]: value ? "on" : "off" };
  if (typeof value !== "object" || value === null) return { [name]: String(value) };
  if (!Array.isArray(value)) {
    if (type !== "columns") return { [name]: JSON.stringify(value) };
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [`${name}.${key}`, String(each)]),
    );
  }
  if (type === "list") {
    return Object.fromEntries(value.map((item, at) => [`${name}.${item}`, String(at + 1)]));
  }
  const lines = { [name]: value.join("\n") };
  return type === "lines" ? lines : { ...lines, ...ticks(name, value) };
}

function ticks(name: string, values: readonly unknown[]): FormValues {
  return Object.fromEntries(values.map((value) => [`${name}.${value}`, "on"]));
}

/** Leaves out the file, the values about its columns, and secrets: for choosing another file. */
export function withoutFileValues(kind: Pick<Kind, "input">, values: FormValues): FormValues {
  const excluded = inputFields(kind).filter(
    ({ type, secret }) => secret || type === "file" || type === "columns",
  );
  const goesOn = ([name]: [string, string]) => !excluded.some((field) => isPartOf(field, name));
  return Object.fromEntries(Object.entries(values).filter(goesOn));
}

/** @returns the values that a URL may contain */
export function withoutSecrets(kind: Pick<Kind, "input">, values: FormValues): FormValues {
  const secrets = new Set(inputFields(kind).flatMap(({ name, secret }) => (secret ? [name] : [])));
  return Object.fromEntries(Object.entries(values).filter(([name]) => !secrets.has(name)));
}

/** @returns only the values that belong to the kind's input */
export function pickFormValues(
  kind: Pick<Kind, "input">,
  given: Record<string, unknown>,
): FormValues {
  const fields = inputFields(kind);
  const isKnown = (name: string) =>
    fields.some(
      (field) =>
        (hasParts(field) && isPartOf(field, name) && name !== field.name) ||
        (name === field.name && !isPartsOnly(field) && !field.hidden),
    );
  const texts = Object.entries(given).filter(
    (each): each is [string, string] => typeof each[1] === "string" && isKnown(each[0]),
  );
  return Object.fromEntries(texts);
}

/** Like `pickFormValues`, for a submitted form, which leaves out unchecked checkboxes. */
export function submittedValues(kind: Pick<Kind, "input">, body: Input): FormValues {
  const unchecked = inputFields(kind).flatMap(({ name, type }) => {
    if (type === "checkbox") return [[name, "off"]];
    return type === "multiple" ? [[name, ""]] : [];
  });
  return { ...Object.fromEntries(unchecked), ...pickFormValues(kind, body) };
}

/** Later values replace all parts of a field, not only those with the same name. */
export function mergeFormValues(
  kind: Pick<Kind, "input">,
  before: FormValues,
  given: FormValues,
): FormValues {
  const ticked = inputFields(kind).filter(
    (field) => hasTicks(field) && Object.keys(given).some((name) => isPartOf(field, name)),
  );
  const kept = Object.entries(before).filter(
    ([name]) => !ticked.some((field) => isPartOf(field, name)),
  );
  return { ...Object.fromEntries(kept), ...given };
}

/** Whether the value is that of the field, or of a part of it. */
export function isPartOf(field: Pick<InputField, "name">, name: string): boolean {
  return name === field.name || name.startsWith(`${field.name}.`);
}

/** Whether each part of the field is a value of its own. */
function hasParts(field: InputField): boolean {
  return hasTicks(field) || ["columns", "list", "datetime"].includes(field.type);
}

/** Whether the values may be ticked: options, the lines that `choices` offers, uploaded files. */
function hasTicks({ type, severalFiles }: InputField): boolean {
  return type === "multiple" || type === "lines" || severalFiles;
}

/** @returns the ids of uploads in the values of a form */
export function uploadIdsOf(field: InputField, values: FormValues): string[] {
  const value = fieldValue(field, values);
  return [value].flat().filter((id): id is string => typeof id === "string" && id !== "");
}

/** @returns the values with which a form has these uploads */
export function uploadValues(field: InputField, ids: readonly string[]): FormValues {
  return field.severalFiles ? ticks(field.name, ids) : { [field.name]: ids[0] ?? "" };
}

function isPartsOnly({ type }: InputField): boolean {
  return type === "columns" || type === "list";
}

function fieldValue(field: InputField, values: FormValues): unknown {
  const { name, type, emptyValue } = field;
  if (type === "columns") return columnsOf(name, values);
  if (type === "list") return listOf(name, values);
  const text = values[name];
  if (hasTicks(field)) return severalOf(field, values);
  if (text === undefined) return undefined;
  if (type === "checkbox") return text === "on" || text === "true";
  if (text === "" || (type === "number" && text.trim() === "")) return emptyValue;
  if (type === "number") return numberOf(text);
  if (type === "select") return typedValue(field, text);
  if (!field.dateTime) return text;
  return parseDateTime(text, values[`${name}${zoneSuffix}`], field.dateTime);
}

/** Leaves an unknown text as it is, so that the validation reports it. */
function typedValue({ values }: InputField, text: string): unknown {
  const found = values.find((value) => String(value) === text);
  return found === undefined ? text : found;
}

/** Reads ticks, or lines. @returns undefined if the form had no such field */
function severalOf(field: InputField, values: FormValues): unknown {
  const { name, hasNumbers, emptyValue } = field;
  const parts = Object.keys(values).filter((key) => key.startsWith(`${name}.`));
  const text = values[name];
  if (text === undefined && parts.length === 0) return undefined;
  const ticked = parts
    .filter((key) => values[key] === "on")
    .map((key) => typedValue(field, key.slice(name.length + 1)));
  const lines = (text ?? "").split("\n").map((line) => line.trim());
  const typed = lines.filter(Boolean).map((line) => (hasNumbers ? numberOf(line) : line));
  const found = parts.length > 0 ? ticked : typed.map((each) => typedValue(field, String(each)));
  if (found.length === 0) return emptyValue;
  return hasNumbers
    ? found.map((each) => (typeof each === "string" ? numberOf(each) : each))
    : found;
}

/** Leaves other text as it is, so that the validation reports it. */
function numberOf(text: string): number | string {
  const number = Number(text);
  return Number.isFinite(number) ? number : text.trim();
}

function columnsOf(name: string, values: FormValues): Record<string, string> | undefined {
  const columns = Object.entries(values)
    .filter(([key]) => key.startsWith(`${name}.`))
    .map(([key, value]) => [key.slice(name.length + 1), value]);
  return columns.length > 0 ? Object.fromEntries(columns) : undefined;
}

/** @returns the values with a place, in the order of their places; undefined if none is known */
function listOf(name: string, values: FormValues): string[] | undefined {
  const places = Object.entries(values).filter(([key]) => key.startsWith(`${name}.`));
  if (places.length === 0) return undefined;
  return places
    .filter(([, place]) => place.trim() !== "")
    .sort(([, a], [, b]) => Number(a) - Number(b))
    .map(([key]) => key.slice(name.length + 1));
}

/** @returns undefined if an object on the path is missing */
export function getAt(input: Readonly<Input>, path: readonly string[]): unknown {
  let value: unknown = input;
  for (const key of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Input)[key];
  }
  return value;
}

function setAt(input: Input, path: readonly string[], value: unknown): void {
  const above = getAt(input, path.slice(0, -1)) as Input;
  above[path.at(-1)!] = value;
}

function deleteAt(input: Input, path: readonly string[]): void {
  const above = getAt(input, path.slice(0, -1)) as Input | undefined;
  if (above) delete above[path.at(-1)!];
}
