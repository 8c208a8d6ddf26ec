/** Derives the fields of a kind's form from the schema of its input. */
import type { z } from "zod";
import { definitionOf, type InputType, readInputType } from "../engine/start/input-type.ts";
import { isSecret } from "../engine/start/is-secret.ts";
import type { ColumnField, Kind } from "../job.ts";
import { fieldAttributes } from "./field-attributes.ts";
import { type FieldType, fieldType, fixedValues } from "./field-type.ts";

export interface InputField {
  /** "times", or "address.street" in an object. */
  name: string;
  /** The place of the value in the input. */
  path: readonly string[];
  /** The objects around the field, the outermost first. */
  groups: readonly FieldGroup[];
  type: FieldType;
  /** The page never shows a stored secret again. */
  secret: boolean;
  label: string;
  help: string;
  required: boolean;
  /** Whether all of the object around the field may be left out: then a browser requires nothing. */
  mayBeMissing: boolean;
  /** The default, as text. */
  initial: string;
  /** Of a field with several values: the default. */
  initialList: readonly string[];
  /** For a select or several ticks. */
  options: { value: string; label: string }[];
  /** The values of the options as the input has them: 3 for "3". */
  values: readonly unknown[];
  /** Attributes with which a browser checks the value. */
  attributes: Readonly<Record<string, string>>;
  /** For lines: whether each is a number. */
  hasNumbers: boolean;
  /** For a file: whether there may be several. */
  severalFiles: boolean;
  /** For a date and time; null for other types. */
  dateTime: DateTimeRules | null;
  /** For a file: media types. */
  accept: string[];
  /** For columns: the fields that a column can be mapped to. */
  columns: readonly ColumnField[];
  /** Whether the field says how the uploaded file is read. */
  affectsPreview: boolean;
  /** Whether the field chooses one of several tables in the file. */
  selectsTable: boolean;
  /** The fields, and the value of each, without which this field does not apply. */
  onlyIf: Readonly<Record<string, string>>;
  /** A field that is no longer offered, but kept where an earlier job used it. */
  deprecated: boolean;
  /** Whether forms leave the field out. */
  hidden: boolean;
  /** Whether the field holds the id of another job. */
  isJob: boolean;
  /** The text of a second button that sets the field, or empty. */
  button: string;
  isNullable: boolean;
  /** The value of an empty field; undefined to leave it out. */
  emptyValue: "" | null | readonly [] | undefined;
}

export interface DateTimeRules {
  /** False for a time on the clock of no certain place, as `z.iso.datetime({ local: true })` takes it. */
  hasZone: boolean;
  /** Digits of a second, -1 for minutes, null for any. */
  precision: number | null;
}

/** An object in the input: a set of fields. */
export interface FieldGroup {
  name: string;
  path: readonly string[];
  label: string;
  help: string;
  /** Whether the object is left out while all of its fields are empty. */
  isOptional: boolean;
  onlyIf: InputField["onlyIf"];
}

const cache = new WeakMap<z.ZodObject, InputField[]>();

/**
 * @returns the fields of all values, also of those in objects
 * @throws if a form cannot show a field; the message names it
 */
export function inputFields({ input }: Pick<Kind, "input">): InputField[] {
  const cached = cache.get(input);
  if (cached) return cached;
  const fields = fieldsOf(input, []);
  cache.set(input, fields);
  return fields;
}

/** The field that holds an uploaded file. */
export function uploadField(kind: Pick<Kind, "input">): InputField | undefined {
  return inputFields(kind).find(({ type }) => type === "file");
}

/** The field that chooses one of several tables in the uploaded file. */
export function tableFieldOf(kind: Pick<Kind, "input">): InputField | undefined {
  return inputFields(kind).find(({ selectsTable }) => selectsTable);
}

/** The fields that forms show besides the uploaded file and the mapping of its columns. */
export function plainFields(kind: Pick<Kind, "input">): InputField[] {
  return inputFields(kind).filter(
    ({ type, hidden, button }) => type !== "file" && type !== "columns" && !hidden && !button,
  );
}

/** The fields that a second button of the form sets. */
export function buttonFields(kind: Pick<Kind, "input">): InputField[] {
  return inputFields(kind).filter(({ button }) => button);
}

function fieldsOf(object: z.ZodObject, groups: readonly FieldGroup[]): InputField[] {
  return Object.entries(object.shape).flatMap(([name, type]) => {
    const read = readInputType(type as z.core.$ZodType);
    const path = [...(groups.at(-1)?.path ?? []), name];
    const { meta } = read;
    if (definitionOf(read.type).type !== "object" || meta.hidden) {
      return [readField(path, type as z.core.$ZodType, read, groups)];
    }
    const group = {
      ...{ name: path.join("."), path, label: meta.label ?? inWords(name), help: meta.help ?? "" },
      isOptional: read.isOptional || read.isNullable || read.initial !== undefined,
      onlyIf: meta.onlyIf ?? {},
    };
    return fieldsOf(read.type as z.ZodObject, [...groups, group]);
  });
}

function readField(
  path: readonly string[],
  given: z.core.$ZodType,
  read: InputType,
  groups: readonly FieldGroup[],
): InputField {
  const { meta, isOptional, isNullable } = read;
  const name = path.join(".");
  const found = meta.hidden ? "text" : fieldType(read);
  if (typeof found !== "string") throw new UnshownField(name, found.advice);
  if (found === "file" && groups.length > 0) {
    throw new UnshownField(name, "a field for files outside of other objects");
  }
  const secret = isSecret(given);
  // Text of several lines and numbers cannot be typed into a password field.
  const type = secret && found === "text" ? "password" : found;
  const element = elementOf(read.type);
  const severalFiles = type === "file" && element !== undefined;
  const values = fixedValues(element ?? read.type) ?? yesOrNo(type);
  const texts = values.filter((value) => value !== null).map(String);
  const hasNull = isNullable || values.includes(null);
  const initial = read.initial ?? undefined;
  const needed = !isOptional && !hasNull && initial === undefined;
  const initialText = initial === undefined || Array.isArray(initial) ? "" : String(initial);
  const labels = meta.options ?? (type === "select" && !fixedValues(read.type) ? yesNoLabels : {});
  return {
    ...{ name, path, groups, type, secret },
    label: meta.label ?? inWords(path.at(-1)!),
    help: meta.help ?? "",
    // A field with a default may be changed but not emptied.
    required: isRequired(type, values, needed || (initialText !== "" && !hasNull)),
    mayBeMissing: groups.some((group) => group.isOptional || Object.keys(group.onlyIf).length > 0),
    initial: initialText,
    initialList: Array.isArray(initial) ? initial.map(String) : [],
    options: texts.map((value) => ({ value, label: labels[value] ?? inWords(value) })),
    values: values.filter((value) => value !== null),
    attributes: fieldAttributes(type, read.type),
    hasNumbers: element !== undefined && definitionOf(element).type !== "string",
    severalFiles,
    dateTime: type === "datetime" ? dateTimeOf(read.type) : null,
    accept: [meta.upload ?? (element && readInputType(element).meta.upload) ?? []].flat(),
    columns: meta.columns ?? [],
    affectsPreview: meta.affectsPreview ?? false,
    selectsTable: meta.selectsTable ?? false,
    onlyIf: groups[0]?.onlyIf ?? meta.onlyIf ?? {},
    deprecated: meta.deprecated === true,
    hidden: meta.hidden ?? false,
    isJob: meta.job ?? false,
    button: meta.button ?? "",
    isNullable: hasNull,
    emptyValue: emptyValue(type, {
      ...{ severalFiles, isOptional, hasNull, needed },
      initial: read.initial,
    }),
  };
}

const yesNoLabels: Readonly<Record<string, string>> = { true: "Yes", false: "No" };

function yesOrNo(type: FieldType): boolean[] {
  return type === "select" ? [true, false] : [];
}

function isRequired(type: FieldType, values: readonly unknown[], needed: boolean): boolean {
  // A box that must be ticked is a literal true.
  if (type === "checkbox") return values.length === 1;
  // Browsers have no group of boxes of which one is required.
  return needed && type !== "multiple" && type !== "list";
}

const emptyTexts: readonly FieldType[] = ["text", "textarea", "password", "email", "url", "file"];

/** An empty field with a default takes the default, if that is not the empty value itself. */
function emptyValue(
  type: FieldType,
  given: Pick<InputField, "severalFiles"> & {
    isOptional: boolean;
    hasNull: boolean;
    needed: boolean;
    initial: unknown;
  },
): InputField["emptyValue"] {
  const { severalFiles, isOptional, hasNull, needed, initial } = given;
  if (type === "multiple" || type === "lines" || severalFiles) {
    if (hasNull) return null;
    return isOptional ? undefined : [];
  }
  if (hasNull) return isOptional || initial === null ? undefined : null;
  // The schema has the better message for an empty text than for a missing one.
  return needed && emptyTexts.includes(type) ? "" : undefined;
}

function elementOf(type: z.core.$ZodType): z.core.$ZodType | undefined {
  const { element } = type._zod.def as { element?: z.core.$ZodType };
  return element && readInputType(element).type;
}

function dateTimeOf(type: z.core.$ZodType): DateTimeRules {
  type Rules = { local?: boolean; offset?: boolean; precision?: number | null };
  const given = type._zod.def as Rules & { checks?: z.core.$ZodCheck[] };
  const check = given.checks?.find(({ _zod }) => "precision" in _zod.def)?._zod.def as Rules;
  const { local, offset, precision } = { ...check, ...given };
  return { hasZone: offset === true || local !== true, precision: precision ?? null };
}

/** A field that no form can show. */
export class UnshownField extends Error {
  override name = "UnshownField";
  constructor(field: string, advice: string) {
    super(
      `no form can ask for "${field}". Write ${advice}, or mark the field with .meta({ hidden: true }) if only programs set it`,
    );
  }
}

/** "send_at" as "Send at" */
function inWords(name: string): string {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
