/** Says of an error in a template in which file and line it is, and which expression it is about. */
import type { Place, Tag, TemplateCode } from "./template-code.ts";
import { UnclosedTag } from "./template-code.ts";

export class TemplateError extends Error {
  override name = "TemplateError";
  /** "views/jobs/_row.eta" */
  readonly file: string;
  readonly place: Place | undefined;
  /** The expression that is undefined: "it.elapsed", or empty. */
  readonly expression: string;
  /** The name of the error itself: "TypeError" */
  readonly kind: string;
  /** Its message, without the place. */
  readonly reason: string;
  /** The templates that included this one, the nearest first: "views/jobs/index.eta, line 12" */
  readonly includedBy: string[] = [];

  constructor(file: string, cause: unknown, at: { place?: Place; expression?: string } = {}) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const { place, expression = "" } = at;
    super(`${formatPlace(file, place)}: ${[reason, expression].filter(Boolean).join(": ")}`);
    this.file = file;
    this.place = place;
    this.expression = expression;
    this.kind = cause instanceof Error ? cause.name : "Error";
    this.reason = reason;
  }
}

/** A value that a template cannot print, such as undefined. */
export class Unprintable extends TypeError {}

/** @returns "views/jobs/_row.eta, line 10" */
function formatPlace(file: string, place: Place | undefined): string {
  return place ? `${file}, line ${place.line}` : file;
}

/**
 * @param lineOffset number of lines before the body of the template in the code that ran
 * @returns the error with its place; one of an included template also says by which it was included
 */
export function runtimeError(
  error: unknown,
  { file, code, lineOffset }: { file: string; code: TemplateCode; lineOffset: number },
): TemplateError {
  const found = placeInStack(error, file);
  const located = found && code.locate({ ...found, line: found.line - lineOffset });
  if (error instanceof TemplateError) {
    error.includedBy.push(formatPlace(file, located?.place));
    return error;
  }
  if (!located) return new TemplateError(file, error);
  const { place, tag, before } = located;
  if (error instanceof Unprintable) {
    return new TemplateError(file, error, { place: tag.place, expression: tag.text.trim() });
  }
  return new TemplateError(file, error, { place, expression: nullishExpression(error, before) });
}

/** @returns the expression of which a property was read: "it.started" of `it.started.text` */
function nullishExpression(error: unknown, before: string): string {
  if (!/^Cannot read properties of (undefined|null)/.test(String((error as Error)?.message))) {
    return "";
  }
  return /((?:[\w$]+|\?\.|\.|\[[^\]]*\]|\([^()]*\))+)[.[]$/.exec(before)?.[1] ?? "";
}

/** V8 names the place in each line of a stack: "at views/jobs/_row.eta:4:12" */
function placeInStack(error: unknown, file: string): Place | undefined {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  const at = stack.indexOf(`${file}:`);
  const [, line, column] = /^:(\d+):(\d+)/.exec(at < 0 ? "" : stack.slice(at + file.length)) ?? [];
  return line ? { line: Number(line), column: Number(column) } : undefined;
}

/**
 * @param error of V8, which writes file, line and a mark beneath the column above the stack, or of the
 *   division into tags
 */
export function syntaxError(
  error: unknown,
  { file, code, lineOffset }: { file: string; code?: TemplateCode; lineOffset: number },
): TemplateError {
  if (error instanceof UnclosedTag) return new TemplateError(file, error, { place: error.place });
  const [, line, mark = ""] =
    /:(\d+)\n[^\n]*\n( *)\^/.exec(error instanceof Error ? (error.stack ?? "") : "") ?? [];
  const at = { line: Number(line) - lineOffset, column: mark.length + 1 };
  const place = line ? code?.locate(at)?.place : undefined;
  if (place) return new TemplateError(file, error, { place });
  const open = code && findUnclosed(code.tags);
  // Only the end of the code has no mark.
  if (!open) return new TemplateError(file, error, { place: code?.tags.at(-1)?.place });
  const message = new SyntaxError("a { of this tag is not closed");
  return new TemplateError(file, message, { place: open.place });
}

/** The innermost tag with a brace that no later one closes. */
function findUnclosed(tags: readonly Tag[]): Tag | undefined {
  const open: Tag[] = [];
  for (const tag of tags) {
    if (tag.prints) continue;
    for (const [brace] of tag.text.matchAll(/[{}]/g)) {
      if (brace === "{") open.push(tag);
      else open.pop();
    }
  }
  return open.at(-1);
}
