/** Reads a file with one JSON object a line: https://github.com/ndjson/ndjson-spec */
import { type ByteSource, Refused } from "../../../../server/job.ts";
import { maxRowLength } from "../table.ts";

export interface ObjectBatch {
  /** With the number of the line, from 1. */
  objects: { line: number; object: Record<string, unknown> }[];
  /** Bytes up to the last line. */
  bytes: number;
}

/** @throws Refused if a line is no object */
export async function* readObjects(source: ByteSource): AsyncGenerator<ObjectBatch> {
  const decoder = new TextDecoder();
  let line = 0;
  let bytes = 0;
  let rest = "";
  for await (const chunk of source.read()) {
    bytes += chunk.length;
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > maxRowLength) throw notAnObject(line + lines.length + 1);
    yield { objects: parse(lines), bytes };
  }
  yield { objects: parse([rest + decoder.decode()]), bytes };

  function parse(lines: readonly string[]): ObjectBatch["objects"] {
    return lines.flatMap((text) => {
      line++;
      if (text.trim() === "") return [];
      const object = parseObject(text);
      if (!object) throw notAnObject(line);
      return [{ line, object }];
    });
  }

  function notAnObject(number: number): Refused {
    return new Refused(
      `Line ${number} of ${source.name} is not a JSON object`,
      "Write one contact per line, or export the data as CSV.",
    );
  }
}

/** @returns undefined if the text is anything else than a JSON object */
export function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
