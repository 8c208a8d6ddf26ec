import type { Readable } from "node:stream";

/** A longer line is given in pieces, so that a program cannot fill the memory. */
const maxLineLength = 65_536;

/**
 * Reads a stream of UTF-8 line by line. A line ends with LF, CR LF, or the CR with which programs
 * redraw their progress. Ends early if the stream is destroyed.
 */
export async function* readLines(stream: Readable): AsyncIterable<string> {
  let rest = "";
  for await (const text of readTexts(stream)) {
    // A CR at the end may belong to an LF that follows.
    const lines = (rest + text).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop()!;
    yield* lines;
    if (rest.length < maxLineLength) continue;
    yield rest;
    rest = "";
  }
  if (rest !== "") yield rest.replace(/\r$/, "");
}

export async function* readTexts(stream: Readable): AsyncIterable<string> {
  try {
    yield* stream.setEncoding("utf8");
  } catch (error) {
    if (!stream.destroyed) throw error;
  }
}
