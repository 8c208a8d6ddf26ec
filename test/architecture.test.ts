/** Keeps ARCHITECTURE.md true: it is short, every path in it exists, and the README leads to it. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";

const root = resolve(import.meta.dirname, "..");
const text = readFileSync(join(root, "ARCHITECTURE.md"), "utf8");
const folders = "server|jobs|views|public|migrations|test|bench";

/** Paths from the top in backticks; `jobs/<name>.ts` stands for any file. */
const paths = [...text.matchAll(new RegExp(`\`((?:${folders})/[\\w./-]*)\``, "g"))].map(
  ([, path]) => path!,
);

test("ARCHITECTURE.md names only paths that exist", () => {
  expect(paths.length).toBeGreaterThan(60);
  expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

test("ARCHITECTURE.md names every folder of the server", () => {
  const entries = readdirSync(join(root, "server"), { withFileTypes: true });
  const found = entries.filter((entry) => entry.isDirectory()).map(({ name }) => `server/${name}/`);
  // Only the build of the stylesheet and the scripts is in there.
  expect(found.filter((path) => !paths.includes(path))).toEqual(["server/assets/"]);
});

test("ARCHITECTURE.md has at most 150 lines and the README links to it", () => {
  expect(text.split("\n").length).toBeLessThanOrEqual(150);
  expect(readFileSync(join(root, "README.md"), "utf8")).toContain("](ARCHITECTURE.md)");
});
