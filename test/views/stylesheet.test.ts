import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const root = new URL("../../", import.meta.url).pathname;
let folder: string;
let css: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "headway-css-"));
  css = await compile(root);
});

afterAll(() => rm(folder, { recursive: true }));

/** @returns the stylesheet of a folder that has `views/` and `node_modules/` */
async function compile(project: string): Promise<string> {
  const cli = join(root, "node_modules/@tailwindcss/cli/dist/index.mjs");
  const output = join(folder, "app.css");
  const options = ["-i", join(project, "views/app.css"), "-o", output, "--minify"];
  await promisify(execFile)(process.execPath, [cli, ...options], { cwd: project });
  return readFile(output, "utf8");
}

/** @returns the text of all files below `views/` with this ending */
async function sources(ending: string): Promise<string[]> {
  const paths = await readdir(join(root, "views"), { recursive: true });
  const matching = paths.filter((path) => path.endsWith(ending));
  return Promise.all(matching.map((path) => readFile(join(root, "views", path), "utf8")));
}

/** Escapes a class name: ".md\:m-0" for "md:m-0". */
function selector(name: string): string {
  return `.${name.replaceAll(/[^\w-]/g, "\\$&")}`;
}

test("the stylesheet is below 12 kB and makes no further request", () => {
  expect(gzipSync(css, { level: 9 }).length).toBeLessThan(12_000);
  expect(css).not.toMatch(/url\(|@import/);
});

test("every class in a template has a rule", async () => {
  // These states look like their surroundings.
  const plain = ["queued", "scheduled", "cancelled", "waiting", "info", "skipped", "plain"];
  const named = (await sources(".eta")).flatMap((source) =>
    [...source.replaceAll(/<%[\s\S]*?%>/g, " ").matchAll(/\sclass="([^"]*)"/g)].flatMap(
      ([, names = ""]) => names.split(/\s+/),
    ),
  );
  const missing = new Set(named)
    .values()
    .filter((name) => name && !plain.includes(name) && !css.includes(selector(name)));
  expect([...missing]).toEqual([]);
});

test("every colour of a component comes from the theme", async () => {
  const styles = await readdir(join(root, "views/styles"));
  for (const name of styles.filter((each) => each !== "theme.css")) {
    const source = await readFile(join(root, "views/styles", name), "utf8");
    expect(source, name).not.toMatch(/:[^;{]*#[0-9a-f]{3,8}\b/i);
  }
});

describe("templates of kinds", () => {
  let withKind: string;

  beforeAll(async () => {
    const project = join(folder, "project");
    await cp(join(root, "views"), join(project, "views"), { recursive: true });
    await symlink(join(root, "node_modules"), join(project, "node_modules"));
    const html = `<p class="mt-4 p-7 text-muted bg-warning-subtle border-line rounded-lg shadow-card
      text-lg font-medium md:flex hover:text-accent">Hello</p>`;
    await mkdir(join(project, "views/jobs/sample"));
    await writeFile(join(project, "views/jobs/sample/result.eta"), html);
    withKind = await compile(project);
  });

  test("the template of a kind can use Tailwind's spacing, radii and flex layout", () => {
    expect(withKind).toContain(".p-7{padding:calc(var(--spacing) * 7)}");
    expect(withKind).toContain(".mt-4{margin-top:calc(var(--spacing) * 4)}");
    expect(withKind).toContain(".rounded-lg{border-radius:var(--radius-lg)}");
    expect(withKind).toMatch(/@media[^{]*52rem[^{]*\{[^@]*\.md\\:flex\{display:flex\}/);
  });

  test("the template of a kind can use the colours, type and shadows of the theme", () => {
    expect(withKind).toContain(".text-muted{color:var(--color-muted)}");
    expect(withKind).toContain(".bg-warning-subtle{background-color:var(--color-warning-subtle)}");
    expect(withKind).toContain(".border-line{border-color:var(--color-line)}");
    expect(withKind).toContain(".text-lg{font-size:var(--text-lg)}");
    expect(withKind).toMatch(/\.font-medium\{[^}]*font-weight:var\(--font-weight-medium\)/);
    expect(withKind).toMatch(/\.shadow-card\{/);
    expect(withKind).toMatch(/\.hover\\:text-accent:hover\{color:var\(--color-accent\)\}/);
  });

  test("a utility overrides a component because utilities are the last layer", () => {
    const layers = [...withKind.matchAll(/@layer (\w+)\{/g)].map(([, name]) => name);
    expect(layers).toEqual(["properties", "theme", "base", "components", "utilities"]);
  });
});

test("every colour of the theme has a light and a dark value", () => {
  const values = (name: string) => css.split(`${name}:`).length - 1;
  const names = new Set(css.match(/--color-[\w-]+(?=:)/g));
  expect(names.size).toBeGreaterThan(15);
  expect([...names].filter((name) => values(name) !== 2)).toEqual([]);
});
