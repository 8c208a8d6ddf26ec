import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

export interface SmallDisk {
  /** The path of its folder in the namespace. */
  folder: string;
  /**
   * The path of the same folder for other processes. SQLite resolves it to the folder that the disk
   * hides, so a database needs processes `within`.
   */
  outside: string;
  /** The beginning of a command that runs the rest of it in the namespace. */
  within: readonly [string, ...string[]];
}

/**
 * Mounts a disk of a few megabytes in a user namespace, which needs no root. The disk disappears with
 * the last process of that namespace.
 */
export async function smallDisk(megabytes: number): Promise<SmallDisk> {
  const folder = await mkdtemp(join(tmpdir(), "headway-disk-"));
  const script = `mount -t tmpfs -o size=${megabytes}m none ${folder} && echo mounted && exec sleep 600`;
  const holder = spawn("unshare", ["--map-root-user", "--mount", "sh", "-c", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(async () => {
    holder.kill("SIGKILL");
    await rm(folder, { recursive: true, force: true });
  });
  await once(holder.stdout, "data");
  return {
    folder,
    outside: `/proc/${holder.pid}/root${folder}`,
    // Whoever enters starts in the root of the namespace.
    within: [
      ...(["nsenter", "--user", "--mount", "--preserve-credentials"] as const),
      ...["--target", String(holder.pid), "sh", "-c", 'cd "$0" && exec "$@"', process.cwd()],
    ],
  };
}
