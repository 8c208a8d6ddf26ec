/** Finds the lines of this project in the stack of an error. */
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

export const root = join(import.meta.dirname, "../..");

export interface Frame {
  /** Absolute. */
  path: string;
  /** From the folder of the project, if it is in there: "jobs/invoice_pdf.ts" */
  file: string;
  line: number;
  column: number;
  /** The function, or empty. */
  caller: string;
}

const frame =
  /^\s+at (?:(.+?) \()?(file:\/\/\/?[^)]+?|\/[^)]+?|[A-Za-z]:\\[^)]+?):(\d+):(\d+)\)?$/gm;

/** @returns the frames in our own files, the innermost first; none of packages and Node itself */
export function ownFrames(stack: string): Frame[] {
  return [...stack.matchAll(frame)].flatMap(([, caller = "", place = "", line, column]) => {
    const path = place.startsWith("file:") ? fileURLToPath(place.replace(/\?.*$/, "")) : place;
    if (/[\\/]node_modules[\\/]/.test(path)) return [];
    return [{ path, file: ownName(path), line: Number(line), column: Number(column), caller }];
  });
}

/** @returns "jobs/countdown.ts"; the whole path of a file outside of the project */
export function ownName(path: string): string {
  const file = relative(root, path);
  return file.startsWith("..") ? path : file.replaceAll("\\", "/");
}

/** @returns "jobs/invoice_pdf.ts:12:20, in run" */
export function formatFrame({ file, line, column, caller }: Frame): string {
  const name = caller.replace(/^async |^Object\.|^Module\./g, "");
  return `${file}:${line}:${column}${name ? `, in ${name}` : ""}`;
}
