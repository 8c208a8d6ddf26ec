/** The fields of a kind's input, as a form needs them; read from the schema that checks the input. */
import { z } from "zod";
import { isSecret } from "../engine/start/is-secret.ts";
import type { Kind } from "../job.ts";

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
    | "columns";
  /** Whether nobody may read it again. */
  secret: boolean;
  label: string;
  help: string;
  required: boolean;
  /** What is proposed, as it stands in a form. */
  initial: string;
  /** For a select. */
  options: { value: string; label: string }[];
  /** For a file: media types. */
  accept: string[];
  /** For columns: what each can hold. */
  columns: readonly { name: string; label: string }[];
  /** Whether an empty text is a value of its own, or none. */
  emptyIsValue: boolean;
}

interface Property extends z.GlobalMeta {
  type?: string;
  format?: string;
  enum?: string[];
  default?: unknown;
}

const kept = new WeakMap<z.ZodObject, InputField[]>();

export function inputFields({ input }: Pick<Kind, "input">): InputField[] {
  const known = kept.get(input);
  if (known) return known;
  const fields = readFields(input);
  kept.set(input, fields);
  return fields;
}

/** The field that holds an uploaded file. */
export function uploadField(kind: Pick<Kind, "input">): InputField | undefined {
  return inputFields(kind).find(({ type }) => type === "file");
}

/** The fields that a person fills in by themselves. */
export function plainFields(kind: Pick<Kind, "input">): InputField[] {
  return inputFields(kind).filter(({ type }) => type !== "file" && type !== "columns");
}

function readFields(input: z.ZodObject): InputField[] {
  // What cannot be said in JSON Schema (a date, a transformation) becomes a plain text field.
  const schema = z.toJSONSchema(input, { io: "output", unrepresentable: "any" });
  const required = new Set(schema.required);
  return Object.entries(schema.properties ?? {}).map(([name, given]) => {
    const property = given as Property;
    const secret = isSecret(input.shape[name]);
    const plain = typeOf(property);
    // A key of several lines, or a number, could not be typed as dots.
    const type = secret && plain === "text" ? "password" : plain;
    const initial = property.default === undefined ? "" : String(property.default);
    const needed = required.has(name) && property.default === undefined;
    return {
      name,
      type,
      secret,
      label: property.label ?? inWords(name),
      help: property.help ?? "",
      // What is filled in already may be changed, and not be emptied.
      required: type !== "checkbox" && (needed || initial !== ""),
      initial,
      options: (property.enum ?? []).map((value) => ({
        value,
        label: property.options?.[value] ?? inWords(value),
      })),
      accept: property.upload ?? [],
      columns: property.columns ?? [],
      emptyIsValue: needed && property.type === "string",
    };
  });
}

function typeOf(property: Property): InputField["type"] {
  if (property.upload) return "file";
  if (property.columns) return "columns";
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
