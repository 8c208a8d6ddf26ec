import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = new URL("../../", import.meta.url).pathname;
let folder: string;
let css: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "headway-css-"));
  const cli = join(root, "node_modules/@tailwindcss/cli/dist/index.mjs");
  const output = join(folder, "app.css");
  await promisify(execFile)(
    process.execPath,
    [cli, "-i", "views/app.css", "-o", output, "--minify"],
    {
      cwd: root,
    },
  );
  css = await readFile(output, "utf8");
});

afterAll(() => rm(folder, { recursive: true }));

test("the stylesheet is small and needs no further request", () => {
  expect(gzipSync(css, { level: 9 }).length).toBeLessThan(12_000);
  expect(css).not.toMatch(/url\(|@import/);
});

test("every class that a template names has a rule", async () => {
  // States that look like everything around them, and words that only tests and scripts use.
  const plain = [
    "queued",
    "scheduled",
    "cancelled",
    "waiting",
    "info",
    "skipped",
    "error",
    "plain",
  ];
  const paths = await readdir(join(root, "views"), { recursive: true });
  const sources = paths
    .filter((path) => path.endsWith(".eta"))
    .map((path) => readFile(join(root, "views", path), "utf8"));
  const named = (await Promise.all(sources)).flatMap((source) =>
    [...source.replaceAll(/<%.*?%>/g, " ").matchAll(/\sclass="([^"]*)"/g)].flatMap(
      ([, names = ""]) => names.split(/\s+/),
    ),
  );
  const missing = new Set(named)
    .values()
    .filter((name) => name && !plain.includes(name) && !css.includes(`.${name}`));
  expect([...missing]).toEqual([]);
});
