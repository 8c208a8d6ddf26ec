/** Chooses the control of a form for a type of the input. */
import type { z } from "zod";
import { definitionOf, type InputType, readInputType } from "../engine/start/input-type.ts";

export type FieldType =
  | "text"
  | "email"
  | "url"
  | "password"
  | "number"
  | "date"
  | "time"
  | "datetime"
  | "select"
  | "checkbox"
  | "textarea"
  | "file"
  | "columns"
  /** Values in an order, from `choices`. */
  | "list"
  /** Values of which any number can be ticked. */
  | "multiple"
  /** Any texts or numbers, one a line. */
  | "lines";

/** Why no form can show a type: what to write instead. */
export interface Unshown {
  advice: string;
}

/** The values of an enum, of literals and of unions of them; undefined for other types. */
export function fixedValues(type: z.core.$ZodType): unknown[] | undefined {
  const def = definitionOf(type) as unknown as {
    type: string;
    values?: unknown[];
    options?: z.core.$ZodType[];
  };
  if (def.type === "literal") return def.values;
  if (def.type === "enum") return (type as z.ZodEnum).options;
  if (def.type === "null") return [null];
  if (def.type !== "union") return undefined;
  const parts = def.options!.map((option) => fixedValues(readInputType(option).type));
  return parts.every((part) => part !== undefined) ? parts.flat() : undefined;
}

/** @returns the control for a value that is not an object, or why there is none */
export function fieldType({ type, meta, isNullable }: InputType): FieldType | Unshown {
  if (meta.columns) return "columns";
  if (meta.ordered) return "list";
  if (meta.upload) return "file";
  const values = fixedValues(type);
  if (values) return values.length === 1 && values[0] === true ? "checkbox" : "select";
  const { type: name } = definitionOf(type);
  const { element, format } = definitionOf(type) as { element?: z.core.$ZodType; format?: string };
  if (name === "array") return arrayField(readInputType(element!));
  // An unticked box could not be told from an unanswered one.
  if (name === "boolean") return isNullable ? "select" : "checkbox";
  if (name === "number" || name === "int") return "number";
  if (name === "string" || name === "template_literal") {
    return meta.multiline ? "textarea" : textField(format ?? formatOfChecks(type));
  }
  return { advice: adviceFor(name) };
}

function textField(format: string | undefined): FieldType {
  if (format === "email" || format === "url" || format === "date" || format === "time") {
    return format;
  }
  return format === "datetime" ? "datetime" : "text";
}

/** The format of `z.string().email()`, which is a check of a text. */
function formatOfChecks(type: z.core.$ZodType): string | undefined {
  const checks = (type._zod.def as { checks?: z.core.$ZodCheck[] }).checks ?? [];
  const formats = checks.map(({ _zod }) => (_zod.def as { format?: string }).format);
  return formats.find((format) => format && textField(format) !== "text");
}

function arrayField(element: InputType): FieldType | Unshown {
  if (element.meta.upload) return "file";
  if (fixedValues(element.type)) return "multiple";
  const inner = fieldType(element);
  const { type: name } = definitionOf(element.type);
  const isLine = typeof inner === "string" && ["string", "number", "int"].includes(name);
  return isLine ? "lines" : { advice: `a list of texts, numbers, options or uploads` };
}

function adviceFor(name: string): string {
  if (name === "date") return "z.iso.date() for a day, or z.iso.datetime() for a time";
  if (name === "bigint") return "z.int(), or z.string() for larger numbers";
  if (name === "set") return "z.array()";
  if (name === "file") return "upload()";
  if (name === "record" || name === "map") return "z.object() with named fields";
  if (name === "union") return "a union of literals, or z.enum()";
  if (name === "transform" || name === "custom" || name === "any" || name === "unknown") {
    return "the type of the value as it is typed, such as z.string()";
  }
  return "a text, number, boolean, enum, list or object";
}
