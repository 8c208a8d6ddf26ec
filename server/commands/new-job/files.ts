/**
 * The files that `npm run new:job` writes: the skeletons of this folder with the name of the kind, and
 * the templates that all kinds share, for changing them.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../development/own-frames.ts";

/** `server/catalog.ts` takes files of these names for kinds. */
export const kindNamePattern = /^[a-z][a-z0-9_]{0,59}$/;

export interface NewFile {
  text: string;
  /** Its purpose, in a few words. */
  about: string;
}

/** @returns the files by their paths below the folder of the project */
export function newJobFiles(name: string): Map<string, NewFile> {
  const views = `views/jobs/${name}`;
  return new Map<string, NewFile>([
    [
      `jobs/${name}.ts`,
      { text: fillIn("kind", name), about: "the kind: its form, its steps, its work" },
    ],
    [`${views}/details.eta`, { text: ownDetails(name), about: "counts and steps beneath its bar" }],
    [`${views}/result.eta`, { text: ownResult(name), about: "its result" }],
    [
      `${views}/examples.ts`,
      { text: fillIn("examples", name), about: "both templates in /previews and in tests" },
    ],
    [
      `test/jobs/${name}.test.ts`,
      { text: fillIn("test", name), about: "its test, on SQLite and Postgres" },
    ],
  ]);
}

function ownDetails(name: string): string {
  return `<%/* it: JobView. Counts and steps of ${name}. */%>\n${sharedTemplate("details")}`;
}

/** A template of a kind's own is also shown for a job that left nothing. */
function ownResult(name: string): string {
  const ending = '  <% if (it.status !== "done") { %><p><%= it.message %></p><% } %>';
  const text = sharedTemplate("result").replace(
    /<h2>.*<\/h2>/,
    (heading) => `${heading}\n${ending}`,
  );
  return `<%/* it: ResultView. The result of ${name}. */%>\n${text}`;
}

/** @returns the template without its first line, which describes its data */
function sharedTemplate(part: "details" | "result"): string {
  const text = readFileSync(join(root, `views/jobs/${part}.eta`), "utf8");
  return text.slice(text.indexOf("\n") + 1);
}

function fillIn(skeleton: string, name: string): string {
  const values: Record<string, string> = {
    name,
    title: titleOf(name),
    // The suffix keeps words of the language free.
    variable: `${name.replaceAll(/_+(.?)/g, (_, letter: string) => letter.toUpperCase())}Job`,
  };
  const text = readFileSync(join(import.meta.dirname, `${skeleton}.txt`), "utf8");
  return text.replaceAll(/\{\{(name|title|variable)\}\}/g, (_, key: string) => values[key] ?? "");
}

const abbreviations = /\b(api|csv|html|http|json|pdf|sms|sql|url|xml|zip)(s?)\b/g;

/** @returns "Invoice PDF" of "invoice_pdf", in sentence case as the titles of pages */
function titleOf(name: string): string {
  const words = name
    .replaceAll("_", " ")
    .trim()
    .replaceAll(abbreviations, (_, word: string, plural: string) => word.toUpperCase() + plural);
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}
