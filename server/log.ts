import { pino } from "pino";

export type Log = Pick<pino.Logger, "info" | "warn" | "error" | "debug">;

/** One line of JSON for each event, on standard output. */
export function createLog(level: string, role: "web" | "worker" | "runner"): Log {
  return pino({ level, base: { role, pid: process.pid } });
}
