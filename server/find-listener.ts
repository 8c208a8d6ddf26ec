/** Finds the process that listens on a port, for a message to the developer. */
import { execFile } from "node:child_process";
import { readdir, readFile, readlink } from "node:fs/promises";
import { promisify } from "node:util";

const run = promisify(execFile);
const maxSearchMs = 2_000;
const maxCommandLength = 200;
/** The state of a listening socket in `/proc/net/tcp` (Linux, `include/net/tcp_states.h`). */
const listening = "0A";

export interface Listener {
  pid: number;
  /** "node server/main.ts", or empty if it cannot be read */
  command: string;
}

/** @returns undefined if it belongs to another user, or if this system does not say */
export async function findListener(port: number): Promise<Listener | undefined> {
  try {
    const pid = process.platform === "linux" ? await findInProc(port) : await askLsof(port);
    return pid === undefined ? undefined : { pid, command: await commandOf(pid) };
  } catch {
    return undefined;
  }
}

/** @returns "process 4711 (node server/main.ts)" or "another program" */
export async function describeListener(port: number): Promise<string> {
  const found = await findListener(port);
  if (!found) return "another program";
  return `process ${found.pid}${found.command && ` (${found.command})`}`;
}

/** Reads `/proc`, because many containers have neither `lsof` nor `ss`. */
async function findInProc(port: number): Promise<number | undefined> {
  const sockets = new Set(await listeningSockets(port));
  for (const pid of await readdir("/proc")) {
    if (!/^\d+$/.test(pid)) continue;
    for (const descriptor of await readdir(`/proc/${pid}/fd`).catch(() => [])) {
      const target = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => "");
      if (sockets.has(target)) return Number(pid);
    }
  }
  return undefined;
}

/** @returns "socket:[12345]", as links to open files name them */
async function listeningSockets(port: number): Promise<string[]> {
  const end = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const tables = await Promise.all(
    ["tcp", "tcp6"].map((name) => readFile(`/proc/net/${name}`, "utf8").catch(() => "")),
  );
  const rows = tables.flatMap((table) => table.split("\n").map((row) => row.trim().split(/\s+/)));
  return rows
    .filter(([, local = "", , state]) => state === listening && local.endsWith(end))
    .map((row) => `socket:[${row[9]}]`);
}

async function askLsof(port: number): Promise<number | undefined> {
  const options = ["-nP", `-iTCP:${port}`, "-sTCP:LISTEN", "-t"];
  const { stdout } = await run("lsof", options, { timeout: maxSearchMs });
  return Number(stdout.split("\n")[0]) || undefined;
}

async function commandOf(pid: number): Promise<string> {
  const text =
    process.platform === "linux"
      ? (await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")).replaceAll("\0", " ")
      : (await run("ps", ["-o", "args=", "-p", `${pid}`], { timeout: maxSearchMs })).stdout;
  return text.trim().slice(0, maxCommandLength);
}
