/** The options on the command line that start a kind. They are made from the schema of its input. */
import { parseArgs } from "node:util";
import { type InputField, inputFields } from "../../forms/input-fields.ts";
import type { FormValues } from "../../forms/input-values.ts";
import type { Kind } from "../../job.ts";

export interface KindOptions {
  /** As a form would send them. Files are missing. */
  values: FormValues;
  /** The path of the file for each field of an upload. */
  files: { field: string; path: string }[];
  /** The email of the person who starts the job. */
  as: string | undefined;
  /** Starts although a job with the same input is active. */
  anyway: boolean;
  /** Prints the job's id and does not follow it. */
  detach: boolean;
  help: boolean;
}

/** The command line is wrong. The message is a sentence for the person who typed it. */
export class WrongOptions extends Error {
  override name = "WrongOptions";
}

/**
 * `--start-row 3` sets `start_row`, `--address.street` a field in an object, `--no-header` unchecks a
 * checkbox, and files stand alone. A list takes an option for each of its values, in their order:
 * `--fields email --fields tags`; columns take `--mapping 0=email`.
 * @throws WrongOptions
 */
export function readKindOptions(
  name: string,
  kind: Pick<Kind, "input">,
  args: readonly string[],
): KindOptions {
  const fields = inputFields(kind);
  const { values: given, positionals } = parse(name, fields, args);
  const { as, anyway, detach, help, ...rest } = given;
  const values: Record<string, string> = {};
  const files: KindOptions["files"] = [];
  for (const field of fields) {
    const value = rest[field.name];
    if (value === undefined) continue;
    if (field.type === "file") {
      files.push(...[value].flat().map((path) => ({ field: field.name, path: String(path) })));
    } else Object.assign(values, formValues(field, value));
  }
  const fileField = fields.find(({ type }) => type === "file");
  for (const path of positionals) {
    if (!fileField || (files.length > 0 && !fileField.severalFiles)) {
      throw new WrongOptions(`${name} takes no ${files.length > 0 ? "other " : ""}file: ${path}`);
    }
    files.push({ field: fileField.name, path });
  }
  const flags = { anyway: anyway === true, detach: detach === true, help: help === true };
  return { values, files, as: as as string | undefined, ...flags };
}

/** "start_row" as "--start-row" */
export function optionName(field: string): string {
  return `--${field.replaceAll("_", "-")}`;
}

type Given = string | boolean | (string | boolean)[] | undefined;

function parse(name: string, fields: readonly InputField[], args: readonly string[]) {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  const own = { as: text, anyway: flag, detach: flag, help: { ...flag, short: "h" } };
  const ofFields = Object.fromEntries(fields.map((field) => [field.name, optionType(field)]));
  try {
    return parseArgs({
      args: args.map(withUnderscores),
      options: { ...ofFields, ...own },
      allowPositionals: true,
      allowNegative: true,
    }) as { values: Record<string, Given>; positionals: string[] };
  } catch (error) {
    throw new WrongOptions(`${sentence(error as Error)} See npm run job -- ${name} --help`);
  }
}

function optionType(field: InputField) {
  if (field.type === "checkbox") return { type: "boolean" } as const;
  return { type: "string", multiple: takesSeveral(field) } as const;
}

/** Whether the option may be given several times. */
export function takesSeveral({ type, severalFiles }: InputField): boolean {
  return severalFiles || ["list", "columns", "multiple", "lines"].includes(type);
}

/** "--start-row=3" as "--start_row=3", and "--no-header-row" as "--no-header_row" */
function withUnderscores(arg: string): string {
  const [, start, option, rest] = /^(--(?:no-)?)([\w.-]+)(.*)$/s.exec(arg) ?? [];
  return start && option ? `${start}${option.replaceAll("-", "_")}${rest}` : arg;
}

/** Node's message ends with advice on arguments that begin with a dash. */
function sentence({ message }: Error): string {
  const [first = message] = message.split(/(?<=[.'])\s+(?=To specify|Did you)/);
  return `${first.replace(/'--([\w.-]+)/, (_, option) => `'${optionName(option)}`).replace(/\.?$/, ".")}`;
}

function formValues(field: InputField, value: NonNullable<Given>): FormValues {
  const { name, type } = field;
  if (type === "checkbox") return { [name]: value ? "on" : "off" };
  if (!Array.isArray(value)) return { [name]: String(value) };
  if (type === "lines") return { [name]: value.join("\n") };
  if (type === "multiple")
    return Object.fromEntries(value.map((each) => [`${name}.${each}`, "on"]));
  if (type === "list") {
    return Object.fromEntries(value.map((item, at) => [`${name}.${item}`, String(at + 1)]));
  }
  const pairs = value.map(String).map((pair) => {
    const at = pair.indexOf("=");
    if (at === -1) throw new WrongOptions(`Write ${optionName(name)} COLUMN=FIELD, not ${pair}`);
    return [`${name}.${pair.slice(0, at)}`, pair.slice(at + 1)];
  });
  return Object.fromEntries(pairs);
}
