/** Explains an error to the developer: its place in our own code, with the lines around it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import type { ErrorDetails, ExcerptLine } from "../presenters/error-details.ts";
import { TemplateError } from "../template-error.ts";
import { type Frame, formatFrame, ownFrames, ownName, root } from "./own-frames.ts";

const linesAround = 3;

/** @param thrown by a route, a template or a kind, or on loading one of our files */
export function explainError(thrown: unknown): ErrorDetails {
  if (thrown instanceof TemplateError) return explainTemplateError(thrown);
  const error = thrown instanceof Error ? thrown : undefined;
  const frames = ownFrames(error?.stack ?? "");
  const place = syntaxErrorPlace(error) ?? frames[0];
  return {
    name: error?.name ?? "Error",
    message: withCauses(thrown),
    expression: "",
    place: place ? `${place.file}:${place.line}${place.column ? `:${place.column}` : ""}` : "",
    excerpt: place ? excerpt(place.path, place.line) : [],
    trace: frames.map(formatFrame),
  };
}

function explainTemplateError(error: TemplateError): ErrorDetails {
  const { kind, reason, expression, file, place, includedBy } = error;
  return {
    name: kind,
    message: reason,
    expression,
    place: place ? `${file}:${place.line}:${place.column}` : file,
    excerpt: place ? excerpt(join(root, file), place.line) : [],
    trace: includedBy.map((includer) => `included by ${includer}`),
  };
}

/**
 * Node puts file and line of a syntax error above the stack. Its type stripper adds an excerpt of the
 * file to the message as well.
 */
function syntaxErrorPlace(error: Error | undefined): Omit<Frame, "caller"> | undefined {
  const [, path = "", line] =
    /^(?:file:\/\/)?(\/[^\n?]+?)(?:\?[^\n:]*)?:(\d+)\n/.exec(error?.stack ?? "") ?? [];
  if (!line) return undefined;
  return { path, file: ownName(path), line: Number(line), column: 0 };
}

function withCauses(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const { message, cause } = thrown;
  const text = stripVTControlCharacters(message);
  return cause instanceof Error ? `${text} (${withCauses(cause)})` : text;
}

/** @returns the lines around one, without the indentation that they share */
function excerpt(path: string, line: number): ExcerptLine[] {
  const lines = readLines(path);
  const first = Math.max(1, line - linesAround);
  const near = lines.slice(first - 1, line + linesAround);
  const indents = near.filter((text) => text.trim()).map((text) => text.search(/\S/));
  const indent = Math.min(...indents);
  return near.map((text, at) => ({
    number: first + at,
    text: text.slice(indent),
    isMarked: first + at === line,
  }));
}

function readLines(path: string): string[] {
  try {
    return readFileSync(path, "utf8").split(/\r\n|\r|\n/);
  } catch {
    return [];
  }
}

/** @param thrown by a program that builds something; its output says where the mistake is */
export function explainFailure(name: string, thrown: unknown): ErrorDetails {
  const { stderr, message } = thrown as { stderr?: string; message?: string };
  return explainOutput(name, stderr || message || String(thrown));
}

/** @param output of a program that failed, which may have an excerpt of the file */
export function explainOutput(name: string, output: string): ErrorDetails {
  // Some programs draw a frame around their message.
  const text = stripVTControlCharacters(output).replace(/[┌│└]/g, "").trim();
  const [, path = "", line = ""] =
    /(?:file:\/\/|^|[\s(])(\/[^\s:?()]+)(?:\?[^\s:]*)?:(\d+)/m.exec(text) ?? [];
  return {
    name,
    message: /^.*error.*:.*\S$/im.exec(text)?.[0].trim() ?? text,
    expression: "",
    place: path && `${ownName(path)}:${line}`,
    excerpt: path ? excerpt(path, Number(line)) : [],
    trace: ownFrames(text).map(formatFrame),
  };
}
