/** For the log of a job in development: the lines of its kind that led to an error. */
import { readFileSync } from "node:fs";
import { Refused, TryAgain } from "../job.ts";
import { type Frame, formatFrame, ownFrames } from "./own-frames.ts";

const maxFrames = 10;

/**
 * @returns "TypeError: …", then each place with its line of code: "jobs/invoice_pdf.ts:12:20, in run:
 *   const count = rows.length;"; nothing for an error that the kind throws on purpose
 */
export function errorLog(thrown: unknown): string[] {
  if (!(thrown instanceof Error) || thrown instanceof Refused || thrown instanceof TryAgain)
    return [];
  const frames = stacksOf(thrown).flatMap(ownFrames);
  const inKinds = frames.filter(({ file }) => !file.startsWith("server/"));
  if (inKinds.length === 0) return [];
  const shown = inKinds.slice(0, maxFrames);
  return [`${thrown.name}: ${thrown.message}`, ...shown.map(withCode)];
}

/** The stack of an error and those of its causes: some errors only report another one. */
function stacksOf({ stack = "", cause }: Error): string[] {
  return [stack, ...(cause instanceof Error ? stacksOf(cause) : [])];
}

function withCode(frame: Frame): string {
  return `${formatFrame(frame)}: ${codeLine(frame)}`;
}

function codeLine({ path, line }: Frame): string {
  try {
    return readFileSync(path, "utf8").split("\n")[line - 1]?.trim() ?? "";
  } catch {
    return "";
  }
}
