/**
 * Turns the source of a template into the body of a function, and leads from a place in that code back
 * to the source: for the errors of V8 and those of the compiler.
 */
import { Eta } from "eta";

/** Counts from 1. */
export interface Place {
  line: number;
  column: number;
}

/** `<% … %>`, without its marks. */
export interface Tag {
  text: string;
  /** Whether its value is printed, rather than run. */
  prints: boolean;
  /** Of the first character of the text in the source. */
  place: Place;
}

export interface TemplateCode {
  /** Adds the output to `__eta.res`. */
  body: string;
  tags: Tag[];
  /**
   * @param place in `body`
   * @returns the tag that has the place, or the one before it, the place in the source, and the text of
   *   the tag up to there; undefined before the first tag
   */
  locate(place: Place): { tag: Tag; place: Place; before: string } | undefined;
}

/** A template that cannot be divided into tags: one of them, or a string in it, is not closed. */
export class UnclosedTag extends Error {
  override name = "UnclosedTag";
  readonly place: Place;
  constructor(message: string, place: Place) {
    super(message);
    this.place = place;
  }
}

/** The code of one tag. Offsets are in the body, except for one in the text that was parsed. */
interface Segment {
  tag: Tag;
  start: number;
  textStart: number;
  inText: number;
}

const engines = new Map([true, false].map((checks) => [checks, new Eta({ autoFilter: checks })]));

export const { escapeFunction } = engines.get(true)!.config;

/**
 * @param options.checks whether each printed value passes through `__eta.f`
 * @throws UnclosedTag
 */
export function compileTemplate(source: string, { checks }: { checks: boolean }): TemplateCode {
  const eta = engines.get(checks)!;
  const { text, sourcePlace } = withoutIndentation(source);
  const segments: Segment[] = [];
  let body = "";
  let end = 0;
  for (const part of parse(eta, text, sourcePlace)) {
    const code = eta.compileBody([part]);
    if (typeof part === "object") {
      const value = String(part.val);
      const inText = text.indexOf(value, text.indexOf("<%", end) + 2);
      const tag = { text: value, prints: part.t !== "e", place: sourcePlace(inText) };
      const start = body.length;
      const textStart = start + code.lastIndexOf(value);
      segments.push({ tag, start, textStart, inText });
      end = inText + value.length;
    }
    body += code;
  }
  return {
    body,
    tags: segments.map(({ tag }) => tag),
    locate(place) {
      const offset = offsetOf(body, place);
      const segment = segments.findLast(({ start }) => start <= offset);
      if (!segment) return undefined;
      const { tag, textStart, inText } = segment;
      // The code around the text of the tag prints and escapes its value.
      const within = Math.min(Math.max(0, offset - textStart), tag.text.length);
      return { tag, place: sourcePlace(inText + within), before: tag.text.slice(0, within) };
    },
  };
}

function parse(eta: Eta, text: string, sourcePlace: (offset: number) => Place) {
  try {
    return eta.parse(text);
  } catch (error) {
    const [, message, line, column] =
      /^(.+) at line (\d+) col (\d+)/.exec((error as Error).message) ?? [];
    if (!message) throw error;
    const offset = offsetOf(text, { line: Number(line), column: Number(column) });
    throw new UnclosedTag(message, sourcePlace(offset));
  }
}

/**
 * Takes away indentation and empty lines, which no page needs, as Eta's `rmWhitespace` does, but
 * remembers where each line came from.
 */
function withoutIndentation(source: string) {
  const text = source.replace(/[\r\n]+/g, "\n").replace(/^\s+|\s+$/gm, "");
  const lines = source.split(/\r\n|\r|\n/).flatMap((line, at) => {
    const indent = line.length - line.trimStart().length;
    return line.trim() === "" ? [] : [{ line: at + 1, indent }];
  });
  return {
    text,
    sourcePlace(offset: number): Place {
      const before = text.slice(0, offset).split("\n");
      const { line, indent } = lines[before.length - 1] ?? { line: 1, indent: 0 };
      return { line, column: indent + before.at(-1)!.length + 1 };
    },
  };
}

function offsetOf(text: string, { line, column }: Place): number {
  const before = text.split("\n").slice(0, line - 1);
  return before.reduce((sum, each) => sum + each.length + 1, 0) + column - 1;
}
