/** Converts between the values of a form or a query and the input of a kind. */
import type { Kind } from "../job.ts";
import { type InputField, inputFields } from "./input-fields.ts";

/** By field name; a column of an uploaded file is "mapping.3", the place of a value in a list "fields.email". */
export type FormValues = Readonly<Record<string, string>>;

/** Converts values to the types that the kind's schema expects. `checkInput` validates them. */
export function parseInput(kind: Pick<Kind, "input">, values: FormValues): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  for (const field of inputFields(kind)) {
    const value = fieldValue(field, values);
    if (value !== undefined) input[field.name] = value;
  }
  for (const name of inapplicableFields(kind, input)) delete input[name];
  return input;
}

/** Without JavaScript a form submits fields, too, that do not apply to the choices of the person. */
function inapplicableFields(
  kind: Pick<Kind, "input">,
  input: Readonly<Record<string, unknown>>,
): string[] {
  const fields = inputFields(kind);
  const valueOfField = (name: string) =>
    input[name] ?? fields.find((field) => field.name === name)?.initial;
  return fields
    .filter(({ onlyIf }) =>
      Object.entries(onlyIf).some(([name, value]) => valueOfField(name) !== value),
    )
    .map(({ name }) => name);
}

/** The inverse of `parseInput`. Leaves out secrets: the person types them again. */
export function formValuesOf(
  kind: Pick<Kind, "input">,
  input: Record<string, unknown>,
): FormValues {
  const values: Record<string, string> = {};
  for (const { name, type, secret, hidden, button } of inputFields(kind)) {
    const value = input[name];
    if (value === undefined || value === null || secret || hidden || button) continue;
    if (type === "checkbox") values[name] = value ? "on" : "off";
    else if (type === "list" && Array.isArray(value)) {
      for (const [at, item] of value.entries()) values[`${name}.${item}`] = String(at + 1);
    } else if (typeof value !== "object") values[name] = String(value);
    else if (type !== "columns") values[name] = JSON.stringify(value);
    else for (const [key, each] of Object.entries(value)) values[`${name}.${key}`] = String(each);
  }
  return values;
}

/** Leaves out the file, the values about its columns, and secrets: for choosing another file. */
export function withoutFileValues(kind: Pick<Kind, "input">, values: FormValues): FormValues {
  const excluded = inputFields(kind).filter(
    ({ type, secret }) => secret || type === "file" || type === "columns",
  );
  const goesOn = ([name]: [string, string]) =>
    !excluded.some((field) => name === field.name || name.startsWith(`${field.name}.`));
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
    fields.some((field) =>
      hasParts(field) ? name.startsWith(`${field.name}.`) : name === field.name && !field.hidden,
    );
  const texts = Object.entries(given).filter(
    (each): each is [string, string] => typeof each[1] === "string" && isKnown(each[0]),
  );
  return Object.fromEntries(texts);
}

/** Like `pickFormValues`, for a submitted form, which leaves out unchecked checkboxes. */
export function submittedValues(
  kind: Pick<Kind, "input">,
  body: Record<string, unknown>,
): FormValues {
  const boxes = inputFields(kind).filter(({ type }) => type === "checkbox");
  return {
    ...Object.fromEntries(boxes.map(({ name }) => [name, "off"])),
    ...pickFormValues(kind, body),
  };
}

/** Whether each part of the field is a value of its own. */
function hasParts({ type }: InputField): boolean {
  return type === "columns" || type === "list";
}

function fieldValue(field: InputField, values: FormValues): unknown {
  if (field.type === "columns") return columnsOf(field.name, values);
  if (field.type === "list") return listOf(field.name, values);
  const text = values[field.name];
  if (text === undefined) return undefined;
  if (field.type === "checkbox") return text === "on" || text === "true";
  if (field.type === "number") return numberOf(text.trim());
  return text === "" && !field.emptyIsValue ? undefined : text;
}

/** Leaves other text as it is, so that the validation reports it. */
function numberOf(text: string): number | string | undefined {
  if (text === "") return undefined;
  const number = Number(text);
  return Number.isFinite(number) ? number : text;
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
