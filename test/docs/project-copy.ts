/** Copies the project, for writing the files of the documentation into it. */
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type CodeBlock, root } from "./code-blocks.ts";

const parts = ["server", "views", "public", "jobs", "migrations", "test/kit", "test/support"];
const files = ["package.json", "tsconfig.json", "biome.json"];

export interface ProjectCopy {
  dir: string;
  /** Writes the files among these blocks. @returns their paths, from the root of the project */
  write(blocks: readonly CodeBlock[]): Promise<string[]>;
  remove(): Promise<void>;
}

export async function copyProject(): Promise<ProjectCopy> {
  const dir = await mkdtemp(join(tmpdir(), "headway-docs-"));
  for (const name of [...parts, ...files]) {
    await cp(join(root, name), join(dir, name), { recursive: true });
  }
  await symlink(join(root, "node_modules"), join(dir, "node_modules"));
  return {
    dir,
    async write(blocks) {
      const written = new Map<string, string>();
      for (const { place, path, text } of blocks) {
        if (!path) continue;
        if ((written.get(path) ?? text) !== text) throw new Error(`${place}: another ${path}`);
        written.set(path, text);
        await mkdir(dirname(join(dir, path)), { recursive: true });
        await writeFile(join(dir, path), text);
      }
      return [...written.keys()];
    },
    remove: () => rm(dir, { recursive: true, force: true }),
  };
}
