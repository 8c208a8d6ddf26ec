/**
 * Notices the end of npm, which forwards SIGTERM and SIGINT to a script, but dies of SIGHUP and SIGKILL
 * alone. The script then belongs to another parent, and would keep its port.
 */
import { isNpmScript } from "./config.ts";

const pollMs = 500;

/** @param onExit called once, if npm started this process and has exited */
export function onNpmExit(onExit: () => unknown): void {
  if (!isNpmScript()) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    onExit();
  }, pollMs);
  timer.unref();
}
