/** What a process prints, as lines that people read beside those of seven others. */

/** Known by where the line stands, or of no interest here. */
const leftOut = new Set(["level", "time", "role", "pid", "msg", "worker", "runner", "url"]);

/**
 * Cuts text that comes in pieces into lines.
 * @returns a function that takes the pieces
 */
export function lineReader(onLine: (line: string) => void): (piece: string) => void {
  let rest = "";
  return (piece) => {
    const lines = (rest + piece).split("\n");
    rest = lines.pop()!;
    for (const line of lines) if (line.trim()) onLine(line);
  };
}

/** Leaves out what was told less than `ms` ago: some things are tried, and fail, each second. */
export function seldom(tell: (line: string) => void, ms: number): (line: string) => void {
  const told = new Map<string, number>();
  return (line) => {
    const at = performance.now();
    for (const [each, since] of told) if (at - since > ms) told.delete(each);
    if (told.has(line)) return;
    told.set(line, at);
    tell(line);
  };
}

/** A line of the log, `{"msg":"job claimed","kind":…}`, in words; what is no JSON stays as it is. */
export function readable(line: string): string {
  if (!line.startsWith("{")) return line;
  try {
    const { msg, ...facts } = JSON.parse(line) as Record<string, unknown>;
    const told = Object.entries(facts).filter(([name]) => !leftOut.has(name));
    return [msg, ...told.map(([name, value]) => `${name} ${inWords(value)}`)].join(", ");
  } catch {
    return line;
  }
}

function inWords(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  const { message } = value as { message?: unknown };
  return typeof message === "string" ? message : JSON.stringify(value);
}
