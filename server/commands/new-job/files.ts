/** The files that `npm run new:job` writes: the skeletons of this folder with the name of the kind. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

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
  const skeletons = [
    [`jobs/${name}.ts`, "kind", "the kind: its form, its steps, its work"],
    [`${views}/details.eta`, "details", "beneath its progress bar"],
    [`${views}/result.eta`, "result", "its result"],
    [`${views}/examples.ts`, "examples", "both templates in /previews and in tests"],
    [`test/jobs/${name}.test.ts`, "test", "its test, on SQLite and Postgres"],
  ] as const;
  return new Map(
    skeletons.map(([path, skeleton, about]) => [path, { text: fillIn(skeleton, name), about }]),
  );
}

function fillIn(skeleton: string, name: string): string {
  const words = name.replaceAll("_", " ").trim();
  const values: Record<string, string> = {
    name,
    title: words.slice(0, 1).toUpperCase() + words.slice(1),
    // The suffix keeps words of the language free.
    variable: `${name.replaceAll(/_+(.?)/g, (_, letter: string) => letter.toUpperCase())}Job`,
  };
  const text = readFileSync(join(import.meta.dirname, `${skeleton}.txt`), "utf8");
  return text.replaceAll(/\{\{(name|title|variable)\}\}/g, (_, key: string) => values[key] ?? "");
}
