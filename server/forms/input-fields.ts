/** Derives the fields of a kind's form from the schema of its input. */
import { z } from "zod";
import { isSecret } from "../engine/start/is-secret.ts";
import type { ColumnField, Kind } from "../job.ts";

export interface InputField {
  name: string;
  type:
    | "text"
    | "email"
    | "password"
    | "number"
    | "select"
    | "checkbox"
    | "textarea"
    | "file"
    | "columns"
    | "list";
  /** The page never shows a stored secret again. */
  secret: boolean;
  label: string;
  help: string;
  required: boolean;
  /** The default, as text. */
  initial: string;
  /** For a select. */
  options: { value: string; label: string }[];
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
  /** The text of a second button that sets the field, or empty. */
  button: string;
  /** Whether an empty text is a value. If not, the field is left out of the input. */
  emptyIsValue: boolean;
}

interface Property extends z.GlobalMeta {
  deprecated?: boolean;
  type?: string;
  format?: string;
  enum?: string[];
  default?: unknown;
}

const cache = new WeakMap<z.ZodObject, InputField[]>();

export function inputFields({ input }: Pick<Kind, "input">): InputField[] {
  const cached = cache.get(input);
  if (cached) return cached;
  const fields = readFields(input);
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

function readFields(input: z.ZodObject): InputField[] {
  // Types that JSON Schema does not have (a date, a transformation) become text fields.
  const schema = z.toJSONSchema(input, { io: "output", unrepresentable: "any" });
  const required = new Set(schema.required);
  return Object.entries(schema.properties ?? {}).map(([name, given]) => {
    const property = given as Property;
    const secret = isSecret(input.shape[name]);
    const plain = typeOf(property);
    // Text of several lines and numbers cannot be typed into a password field.
    const type = secret && plain === "text" ? "password" : plain;
    const initial = property.default === undefined ? "" : String(property.default);
    const needed = required.has(name) && property.default === undefined;
    return {
      name,
      type,
      secret,
      label: property.label ?? inWords(name),
      help: property.help ?? "",
      // A field with a default may be changed but not emptied.
      required: type !== "checkbox" && (needed || initial !== ""),
      initial,
      options: (property.enum ?? []).map((value) => ({
        value,
        label: property.options?.[value] ?? inWords(value),
      })),
      accept: property.upload ?? [],
      columns: property.columns ?? [],
      affectsPreview: property.affectsPreview ?? false,
      selectsTable: property.selectsTable ?? false,
      onlyIf: property.onlyIf ?? {},
      deprecated: property.deprecated === true,
      hidden: property.hidden ?? false,
      button: property.button ?? "",
      emptyIsValue: needed && property.type === "string",
    };
  });
}

function typeOf(property: Property): InputField["type"] {
  if (property.upload) return "file";
  if (property.columns) return "columns";
  if (property.ordered) return "list";
  if (property.enum) return "select";
  if (property.type === "boolean") return "checkbox";
  if (property.type === "number" || property.type === "integer") return "number";
  if (property.multiline) return "textarea";
  return property.format === "email" ? "email" : "text";
}

/** "send_at" as "Send at" */
function inWords(name: string): string {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
