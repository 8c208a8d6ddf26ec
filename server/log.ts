import { pino } from "pino";

export type Log = Pick<pino.Logger, "info" | "warn" | "error" | "debug">;

/** Logs one line of JSON per event to standard output. */
export function createLog(level: string, role: "web" | "worker" | "runner"): Log {
  return pino({ level, base: { role, pid: process.pid } });
}
