/** Formats the output of a process as short lines for a terminal that shows eight of them. */
import { LRUCache } from "lru-cache";

/** Fields that the prefix of the line already shows, or that do not matter here. */
const hiddenFields = new Set(["level", "time", "role", "pid", "msg", "worker", "runner", "url"]);

/**
 * Splits a stream of text into lines.
 * @returns a function that takes the next chunk
 */
export function splitLines(onLine: (line: string) => void): (chunk: string) => void {
  let rest = "";
  return (chunk) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop()!;
    for (const line of lines) if (line.trim()) onLine(line);
  };
}

/** Drops lines that were printed less than `ms` ago: some errors repeat every second. */
export function skipRepeated(print: (line: string) => void, ms: number): (line: string) => void {
  const printed = new LRUCache<string, true>({ max: 1_000, ttl: ms });
  return (line) => {
    if (printed.has(line)) return;
    printed.set(line, true);
    print(line);
  };
}

/** Formats a line of the JSON log, `{"msg":"job claimed","kind":…}`; other lines stay unchanged. */
export function formatLogLine(line: string): string {
  if (!line.startsWith("{")) return line;
  try {
    const { msg, ...fields } = JSON.parse(line) as Record<string, unknown>;
    const visible = Object.entries(fields).filter(([name]) => !hiddenFields.has(name));
    return [msg, ...visible.map(([name, value]) => `${name} ${formatValue(value)}`)].join(", ");
  } catch {
    return line;
  }
}

function formatValue(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  const { message } = value as { message?: unknown };
  return typeof message === "string" ? message : JSON.stringify(value);
}
