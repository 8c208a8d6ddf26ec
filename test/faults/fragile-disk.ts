/** A disk of which a test can take the state that a power cut would leave. */
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

const bytes = 48 * 1024 * 1024;

export interface FragileDisk {
  /** The folder of the disk. */
  dir: string;
  /** @returns a folder with what was on the disk: all that was only in memory is gone */
  cutPower(): string;
}

/**
 * A file system in a file. What a program writes stays in the memory of the kernel until a flush or
 * half a minute has passed, so a copy of the file is what a power cut leaves.
 * @returns undefined where this process may not mount
 */
export function fragileDisk(): FragileDisk | undefined {
  const folder = mkdtempSync(join(tmpdir(), "headway-power-"));
  const mounted: string[] = [];
  onTestFinished(() => {
    for (const dir of mounted) execFileSync("umount", [dir]);
    rmSync(folder, { recursive: true, force: true });
  });

  function mount(image: string): string {
    const dir = `${image}-dir`;
    mkdirSync(dir);
    execFileSync("mount", ["-o", "loop,commit=300", image, dir], { stdio: "pipe" });
    mounted.push(dir);
    return dir;
  }

  const image = join(folder, "disk");
  try {
    writeFileSync(image, "");
    truncateSync(image, bytes);
    execFileSync("mkfs.ext4", ["-q", image], { stdio: "pipe" });
    const dir = mount(image);
    return {
      dir,
      cutPower() {
        const copy = join(folder, `after-${mounted.length}`);
        copyFileSync(image, copy);
        return mount(copy);
      },
    };
  } catch {
    return undefined;
  }
}
