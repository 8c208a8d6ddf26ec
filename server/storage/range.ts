import { parse } from "range-parser";

/** Bytes of a file from `from` up to but not including `to`. */
export interface ByteRange {
  from: number;
  to: number;
}

/**
 * Reads a `Range` header (RFC 9110, 14.2): "bytes=0-99", "bytes=100-", "bytes=-100".
 * @param size of the file, bytes
 * @returns undefined if the whole file is to be sent (no header, several ranges, another unit,
 * a malformed range), "unsatisfiable" for a range behind the end of the file
 */
export function parseRange(
  header: string | undefined,
  size: number,
): ByteRange | "unsatisfiable" | undefined {
  const { code, type, ranges } = parse(size, header ?? "");
  // Bits of `code`: 1 for a malformed range, 2 for an unsatisfiable one.
  if (type !== "bytes" || code & 1 || ranges.length > 1) return undefined;
  const [range] = ranges;
  if (range) return { from: range.start, to: range.end + 1 };
  return code === 0 ? undefined : "unsatisfiable";
}
