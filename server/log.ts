import { pino } from "pino";
import { escapeControls } from "./text/control-characters.ts";

export type Log = Pick<pino.Logger, "info" | "warn" | "error" | "debug">;

/**
 * Logs one line of JSON per event to standard output. JSON may hold some control characters as they are,
 * which a terminal obeys, or which end a line for a collector of logs.
 */
export function createLog(level: string, role: "web" | "worker" | "runner"): Log {
  const hooks = { streamWrite: escapeControls };
  return pino({ level, base: { role, pid: process.pid }, hooks });
}
