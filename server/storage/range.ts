/** A part of a file: from its first byte up to and without `to`. */
export interface ByteRange {
  from: number;
  to: number;
}

/**
 * Reads a `Range` header (RFC 9110, 14.2) for one range: "bytes=0-99", "bytes=100-", "bytes=-100".
 * @param size of the file, bytes
 * @returns undefined where the whole file is to be sent (no header, several ranges, another unit),
 * "unsatisfiable" for one that lies behind the end
 */
export function rangeOf(
  header: string | undefined,
  size: number,
): ByteRange | "unsatisfiable" | undefined {
  const found = /^bytes=(\d*)-(\d*)$/.exec(header?.replaceAll(/\s/g, "") ?? "");
  if (!found || (found[1] === "" && found[2] === "")) return undefined;
  const [first, last] = [found[1]!, found[2]!];
  const from = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const to = first === "" || last === "" ? size : Math.min(size, Number(last) + 1);
  if (first !== "" && last !== "" && Number(last) < Number(first)) return undefined;
  return from < to ? { from, to } : "unsatisfiable";
}
