/** The help of `npm run job`: all kinds, or one with its options. Pure. */
import type { Catalog } from "../../catalog.ts";
import { type InputField, inputFields } from "../../forms/input-fields.ts";
import type { Kind } from "../../job.ts";
import { optionName, takesSeveral } from "./kind-options.ts";

const commands = [
  ["npm run job -- KIND [FILE] [options]", "starts a job and follows it"],
  ["npm run job -- KIND --help", "lists the options of a kind"],
  ["npm run job -- list", "lists the latest jobs"],
  ["npm run job -- follow ID", "follows a job"],
] as const;

const commonOptions = [
  ["--as EMAIL", "The person who starts it. Default: the only one, or the demo account."],
  ["--anyway", "Start it although a job with the same input is active."],
  ["--detach", "Print the job's ID instead of following it."],
] as const;

export function overview(catalog: Catalog): string {
  const kinds = [...catalog].filter(([, { listed }]) => listed !== false);
  return [
    "Usage:",
    ...table(commands),
    "",
    "Kinds:",
    ...table(kinds.map(([name, { description }]) => [name, description])),
    "",
    "Exit codes: 0 done, 1 failed, 2 not started, 3 cancelled, 130 left running.",
  ].join("\n");
}

export function kindHelp(name: string, kind: Kind): string {
  const fields = inputFields(kind).filter(({ hidden, deprecated }) => !hidden && !deprecated);
  const files = fields.filter(({ type }) => type === "file");
  const others = fields.filter(({ type }) => type !== "file");
  const usage = ["npm run job --", name, ...files.map(fileName), others.length > 0 && "[options]"];
  return [
    `${kind.title}. ${kind.description}`,
    "",
    `Usage: ${usage.filter(Boolean).join(" ")}`,
    "",
    ...table([
      ...files.map((field) => [fileName(field), fieldText(field)] as const),
      ...others.map((field) => [optionUsage(field), fieldText(field)] as const),
      ...commonOptions,
    ]),
  ].join("\n");
}

function fileName({ required, severalFiles }: InputField): string {
  const name = severalFiles ? "FILE…" : "FILE";
  return required ? name : `[${name}]`;
}

function optionUsage({ name, type, button }: InputField): string {
  const option = optionName(name);
  if (button) return option;
  if (type === "checkbox") return `${option}, --no-${option.slice(2)}`;
  if (type === "columns") return `${option} COLUMN=FIELD`;
  return `${option} ${type === "number" ? "NUMBER" : "VALUE"}`;
}

/** "Existing contacts: update (default), skip. Empty cells never overwrite existing values." */
function fieldText(field: InputField): string {
  const { help, type, initial, required, accept, button } = field;
  const label = button || field.label;
  const extensions = accept.filter((each) => each.startsWith("."));
  const facts = [
    ...field.options.map(({ value }) => (value === initial ? `${value} (default)` : value)),
    ...field.columns.map(({ name }) => name),
    ...(extensions.length > 0 ? extensions : accept),
  ];
  const isChosen = field.options.length > 0 || type === "checkbox";
  const initialText = initial !== "" && !isChosen ? [`default ${initial}`] : [];
  const needed = required && initial === "" ? ["required"] : [];
  const several = takesSeveral(field) && type !== "file" ? ["may be repeated"] : [];
  const details = [...facts, ...initialText, ...needed, ...several].join(", ");
  const sentences = [details ? `${label}: ${details}.` : `${label}.`, help];
  return sentences.filter(Boolean).join(" ");
}

/** Two columns, the second one wrapped at 80 characters. */
function table(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.min(34, Math.max(...rows.map(([left]) => left.length)) + 2);
  return rows.flatMap(([left, right]) => {
    const lines = wrap(right, Math.max(30, 78 - width));
    const first = `  ${left.padEnd(width)}`;
    const indent = " ".repeat(width + 2);
    return left.length < width
      ? lines.map((line, at) => (at === 0 ? first : indent) + line)
      : [`  ${left}`, ...lines.map((line) => indent + line)];
  });
}

function wrap(text: string, width: number): string[] {
  const lines = [""];
  for (const word of text.split(" ")) {
    const last = lines.at(-1)!;
    if (last && last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = last ? `${last} ${word}` : word;
  }
  return lines;
}
