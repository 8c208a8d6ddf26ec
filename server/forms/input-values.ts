/** What was typed into a form, or stands in a query, as the input of a kind. Pure. */
import type { Kind } from "../job.ts";
import { type InputField, inputFields } from "./input-fields.ts";

/** By field name, "mapping.3" for a column. */
export type Typed = Readonly<Record<string, string>>;

export function inputFrom(kind: Pick<Kind, "input">, typed: Typed): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  for (const field of inputFields(kind)) {
    const value = fieldValue(field, typed);
    if (value !== undefined) input[field.name] = value;
  }
  return input;
}

/** The way back from `inputFrom`; what nobody may read again is left to be typed anew. */
export function typedFrom(kind: Pick<Kind, "input">, input: Record<string, unknown>): Typed {
  const typed: Record<string, string> = {};
  for (const { name, type, secret } of inputFields(kind)) {
    const value = input[name];
    if (value === undefined || value === null || secret) continue;
    if (type === "checkbox") typed[name] = value ? "on" : "off";
    else if (typeof value !== "object") typed[name] = String(value);
    else if (type !== "columns") typed[name] = JSON.stringify(value);
    else for (const [key, each] of Object.entries(value)) typed[`${name}.${key}`] = String(each);
  }
  return typed;
}

/**
 * What goes on to another file, in an address: without what was said of this one, which has columns of
 * its own, and without what nobody may read.
 */
export function withoutFile(kind: Pick<Kind, "input">, typed: Typed): Typed {
  const left = inputFields(kind).filter(
    ({ type, secret }) => secret || type === "file" || type === "columns",
  );
  const goesOn = ([name]: [string, string]) =>
    !left.some((field) => name === field.name || name.startsWith(`${field.name}.`));
  return Object.fromEntries(Object.entries(typed).filter(goesOn));
}

/** Only what belongs to the kind's input. */
export function typedFor(kind: Pick<Kind, "input">, given: Record<string, unknown>): Typed {
  const fields = inputFields(kind);
  const isKnown = (name: string) =>
    fields.some((field) =>
      field.type === "columns" ? name.startsWith(`${field.name}.`) : name === field.name,
    );
  const texts = Object.entries(given).filter(
    (each): each is [string, string] => typeof each[1] === "string" && isKnown(each[0]),
  );
  return Object.fromEntries(texts);
}

/** As `typedFor`, of a form that was sent, in which a box that is not ticked is missing. */
export function sentFor(kind: Pick<Kind, "input">, body: Record<string, unknown>): Typed {
  const boxes = inputFields(kind).filter(({ type }) => type === "checkbox");
  return { ...Object.fromEntries(boxes.map(({ name }) => [name, "off"])), ...typedFor(kind, body) };
}

function fieldValue(field: InputField, typed: Typed): unknown {
  if (field.type === "columns") return columnsOf(field.name, typed);
  const text = typed[field.name];
  if (text === undefined) return undefined;
  if (field.type === "checkbox") return text === "on" || text === "true";
  if (field.type === "number") return numberOf(text.trim());
  return text === "" && !field.emptyIsValue ? undefined : text;
}

/** What is no number stays as it was typed, for the check to say so. */
function numberOf(text: string): number | string | undefined {
  if (text === "") return undefined;
  const number = Number(text);
  return Number.isFinite(number) ? number : text;
}

function columnsOf(name: string, typed: Typed): Record<string, string> | undefined {
  const columns = Object.entries(typed)
    .filter(([key]) => key.startsWith(`${name}.`))
    .map(([key, value]) => [key.slice(name.length + 1), value]);
  return columns.length > 0 ? Object.fromEntries(columns) : undefined;
}
