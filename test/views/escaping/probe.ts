/**
 * Puts markup into the data of a template, and finds the places where it comes out as markup. The
 * markup has each character that HTML reserves, and a number that leads back to the string.
 */
import { logLevels } from "../../../server/backend/enums.ts";
import { statuses } from "../../../server/engine/status.ts";
import { jobs } from "../../../server/previews/examples/jobs.ts";

/** Properties whose values templates compare or look up: the compiler allows them these words alone. */
const codeWords: Readonly<Record<string, ReadonlySet<string>>> = {
  status: new Set(statuses),
  displayStatus: new Set(Object.values(jobs).map((job) => job.displayStatus)),
  state: new Set(["waiting", "running", "done", "stopped"]),
  role: new Set(["result", "rejected"]),
  level: new Set([...logLevels, ""]),
  kind: new Set(["table", "text", "image"]),
  type: new Set([
    ...["text", "email", "password", "number", "select", "checkbox", "file", "textarea", "list"],
    ...["multiple", "lines", "datetime", "date", "time", "url", "group"],
  ]),
};

export const allCodeWords: ReadonlySet<string> = new Set(
  Object.values(codeWords).flatMap((words) => [...words]),
);

export interface Probed<T> {
  data: T;
  /** The path of each string that has markup: "fields.0.label" has `<probe-0>` if it is the first. */
  paths: string[];
}

/**
 * @param emptyToo whether empty strings get markup as well, which shows the parts of the template
 *   that are left out for them
 */
export function probe<T>(data: T, emptyToo: boolean): Probed<T> {
  const paths: string[] = [];

  function visit(value: unknown, path: readonly string[]): unknown {
    if (typeof value === "string") {
      const isCodeWord = codeWords[path.at(-1) ?? ""]?.has(value);
      if (isCodeWord || (value === "" && !emptyToo)) return value;
      paths.push(path.join("."));
      // At the beginning, because a template may print the first letter alone.
      return `<probe-${paths.length - 1}>"'&${value}`;
    }
    if (Array.isArray(value)) return value.map((each, at) => visit(each, [...path, String(at)]));
    if (typeof value !== "object" || value === null) return value;
    const entries = Object.entries(value).map(([key, each]) => [key, visit(each, [...path, key])]);
    return Object.fromEntries(entries);
  }

  return { data: visit(data, []) as T, paths };
}

const escapedBefore = "&lt;";
const escapedBehind = "&gt;&quot;&#39;&amp;";

/** @returns a line for each place at which markup of the data is not escaped, or is escaped twice */
export function findUnescaped(html: string, paths: readonly string[]): string[] {
  const faults: string[] = [];
  for (const { 0: found, 1: number, index } of html.matchAll(/probe-(\d+)/g)) {
    const before = html.slice(0, index);
    const behind = html.slice(index + found.length);
    const isEscaped = before.endsWith(escapedBefore) && behind.startsWith(escapedBehind);
    // Without quotes, a space in the text would begin another attribute.
    const isUnquoted = before.endsWith(`=${escapedBefore}`);
    if (isEscaped && !isUnquoted) continue;
    faults.push(`${paths[Number(number)]}: ${before.slice(-60)}${found}${behind.slice(0, 20)}`);
  }
  // Part of a text that was cut: no tag begins with "<" and something else than a letter.
  for (const { index } of html.matchAll(/<(?![a-z/!])/gi)) {
    faults.push(`a text that was cut: ${html.slice(Math.max(0, index - 60), index + 20)}`);
  }
  return faults;
}
