import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/**
 * A disk of a few megabytes, mounted in a namespace of its own: that needs no root, and it goes
 * with the process that holds it. Others reach it through that process's root.
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
