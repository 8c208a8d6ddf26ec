import { existsSync } from "node:fs";
import { basename, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { causesOf } from "../transient-error.ts";

const frame = /((?:file:\/\/)?\/[^():]+):(\d+):\d+\)?$/;

/** @returns "jobs/invoice_pdf.ts, line 12" */
export type FindKindLine = (error: unknown, kind: string) => string | undefined;

/**
 * Finds the place of an error in the files of kinds.
 * @param folders absolute paths of folders of kinds
 * @returns a function that finds the innermost line of an error in them, or else the file of the kind
 */
export function createFindKindLine(folders: readonly string[]): FindKindLine {
  return (error, kind) => {
    const stack = causesOf(error).flatMap(({ stack = "" }) => stack.split("\n"));
    for (const line of stack) {
      const [, place = "", number] = frame.exec(line) ?? [];
      const path = place.startsWith("file://") ? fileURLToPath(place) : place;
      const folder = folders.find((each) => path.startsWith(each + sep));
      if (folder) return `${nameOf(folder, path)}, line ${number}`;
    }
    const folder = folders.findLast((each) => existsSync(join(each, `${kind}.ts`)));
    return folder && nameOf(folder, join(folder, `${kind}.ts`));
  };
}

function nameOf(folder: string, path: string): string {
  return join(basename(folder), relative(folder, path));
}
