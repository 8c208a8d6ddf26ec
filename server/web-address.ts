/**
 * The address of the web process that uses a storage folder, for commands on the same machine: they may
 * have been started with another PORT, or with none.
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

interface Saved {
  url: string;
  pid: number;
}

/** Does nothing on a full disk: only commands need the file. */
export function saveWebAddress(storageDir: string, url: string): void {
  const saved: Saved = { url, pid: process.pid };
  try {
    writeFileSync(fileIn(storageDir), JSON.stringify(saved));
  } catch {}
}

/** @returns undefined unless the process that saved it is alive */
export function readWebAddress(storageDir: string): string | undefined {
  const saved = read(storageDir);
  return saved && isAlive(saved.pid) ? saved.url : undefined;
}

/** Does nothing if another process has saved its address since. */
export function deleteWebAddress(storageDir: string): void {
  if (read(storageDir)?.pid === process.pid) rmSync(fileIn(storageDir), { force: true });
}

function fileIn(storageDir: string): string {
  return join(storageDir, ".web-address");
}

function read(storageDir: string): Saved | undefined {
  try {
    return JSON.parse(readFileSync(fileIn(storageDir), "utf8"));
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // The process belongs to another user.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
