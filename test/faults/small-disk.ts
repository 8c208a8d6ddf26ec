import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/**
 * Mounts a disk of a few megabytes in a user namespace, which needs no root. The disk disappears with
 * the process of that namespace; other processes reach it through `/proc/<pid>/root`.
 * @returns the path of its folder
 */
export async function smallDisk(megabytes: number): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "headway-disk-"));
  const script = `mount -t tmpfs -o size=${megabytes}m none ${dir} && echo mounted && exec sleep 600`;
  const holder = spawn("unshare", ["--map-root-user", "--mount", "sh", "-c", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(async () => {
    holder.kill("SIGKILL");
    await rm(dir, { recursive: true, force: true });
  });
  await once(holder.stdout, "data");
  return `/proc/${holder.pid}/root${dir}`;
}
