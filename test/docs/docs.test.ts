import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { checkTemplates } from "../../server/development/check-templates.ts";
import { readCodeBlocks, root } from "./code-blocks.ts";
import { copyProject } from "./project-copy.ts";
import { jobReference, templateReference } from "./reference.ts";

const run = promisify(execFile);
const copy = await copyProject();
const { dir } = copy;
const blocks = readCodeBlocks();
const written = await copy.write(blocks);
const read = (path: string) => readFileSync(join(root, path), "utf8");
const kinds = written.filter((path) => /^jobs\/\w+\.ts$/.test(path));
const tests = written.filter((path) => path.endsWith(".test.ts"));
const { testKind } = (await import(
  join(dir, "test/kit/test-kind.ts")
)) as typeof import("../kit/test-kind.ts");

/** The input with which each kind of the documentation runs; a function uploads its files. */
const inputs: Record<string, (upload: (text: string) => Promise<string>) => Promise<object>> = {
  greeting: async () => ({ names: "Ada, Bo" }),
  postcards: async () => ({ names: "Ada\nBo" }),
  letters: async (upload) => ({ addresses: await upload("ada\nbo\n"), text: "Dear all" }),
  iban_check: async (upload) => ({
    accounts: await upload("Owner,IBAN\nAda,DE89370400440532013000\n"),
  }),
  price_import: async (upload) => ({ prices: await upload("Article;Price\nA1;2,50\nB2;3\n") }),
  async sms_send() {
    vi.stubEnv("SMS_KEY", "key");
    vi.stubEnv("SMS_URL", await startBusyService());
    return { numbers: ["+491701234567", "+491707654321"], text: "Hello" };
  },
  pack_files: async (upload) => ({ files: [await upload("one"), await upload("two")] }),
};

/** It asks each caller to come back at its second request. */
async function startBusyService(): Promise<string> {
  let requests = 0;
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(++requests === 2 ? 429 : 200, { "Retry-After": "30" }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

afterEach(() => vi.unstubAllEnvs());
afterAll(() => copy.remove());

test("the reference is what npm run docs makes of server/job.ts", () => {
  expect(read("docs/reference.md")).toBe(jobReference(read("server/job.ts")));
});

test("the data of templates is what npm run docs makes of the presenters", () => {
  const page = read("docs/template-data.md");
  expect(page).toBe(templateReference(read));
  for (const name of ["JobView", "ResultView", "FileView", "JobFormPage"]) {
    expect(page).toContain(`## ${name}\n`);
  }
});

test("each file of TypeScript in the documentation passes the type check", async () => {
  const files = written.filter((path) => path.endsWith(".ts"));
  expect(files.length).toBeGreaterThan(3);
  // It declares what the tests get of the run.
  const config = { extends: "./tsconfig.json", include: ["test/support/global-setup.ts"], files };
  await writeFile(join(dir, "tsconfig.docs.json"), JSON.stringify(config));
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const { stdout } = await run(process.execPath, [tsc, "-p", "tsconfig.docs.json"], {
    cwd: dir,
  }).catch((error) => error);
  expect(stdout).toBe("");
});

test("each file of TypeScript in the documentation passes the style check", async () => {
  const biome = join(root, "node_modules/@biomejs/biome/bin/biome");
  const options = ["check", "--vcs-enabled=false", "--error-on-warnings"];
  const files = written.filter((path) => path.endsWith(".ts"));
  const { stdout, stderr } = await run(process.execPath, [biome, ...options, ...files], {
    cwd: dir,
  }).catch((error) => error);
  expect(stderr).toBe("");
  expect(stdout).toContain(`Checked ${files.length} files`);
});

test("each template in the documentation fits the type of its data", async () => {
  const templates = blocks.filter(({ language }) => language === "eta");
  const named = templates.map(({ path, text }) => [path.slice("views/".length, -4), text] as const);
  expect(named.length).toBeGreaterThan(0);
  expect(await checkTemplates(new Map(named))).toEqual([]);
});

test("every block of code is a file that is checked, a command, JSON or a request", () => {
  const known = ["ts", "eta", "sh", "json"];
  const loose = blocks.filter(({ language, path }) => {
    const isFile = language === "ts" || language === "eta";
    return !known.includes(language) || (isFile && !path);
  });
  // A client in a browser, and a drawing.
  expect(loose.map(({ place, language }) => `${place.split(":")[0]} ${language}`)).toEqual([
    ...["README.md ", "README.md js"],
  ]);
  for (const { language, text } of blocks) if (language === "json") JSON.parse(text);
});

test("each script that the documentation names is in package.json", () => {
  const { scripts } = JSON.parse(read("package.json"));
  const pages = ["README.md", ...readdirSync(join(root, "docs")).map((name) => `docs/${name}`)];
  const named = pages.flatMap((page) => [...read(page).matchAll(/npm run ([\w:-]+)/g)]);
  expect(named.length).toBeGreaterThan(20);
  expect(named.map(([, name]) => name!).filter((name) => !scripts[name])).toEqual([]);
});

test("each link of the documentation leads to a file, and each heading exists", () => {
  const pages = ["README.md", ...readdirSync(join(root, "docs")).map((name) => `docs/${name}`)];
  const broken = pages.flatMap((page) =>
    [...read(page).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, href = ""]) => {
      if (/^(https?:|mailto:)/.test(href)) return [];
      const [path, heading] = href.split("#");
      const target = path ? join(dirname(page), path) : page;
      if (!existsSync(join(root, target))) return [`${page}: ${href}`];
      const ids = read(target).matchAll(/^#+ (.*)$/gm);
      const isThere = !heading || [...ids].some(([, title = ""]) => idOf(title) === heading);
      return isThere ? [] : [`${page}: ${href}`];
    }),
  );
  expect(broken).toEqual([]);
});

/** As GitHub makes it. */
function idOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\w\s-]/g, "")
    .trim()
    .replaceAll(" ", "-");
}

describe("the kinds of the documentation", () => {
  test("each has an input with which it runs", () => {
    const names = kinds.map((path) => basename(path, ".ts"));
    expect(names.toSorted()).toEqual(Object.keys(inputs).toSorted());
  });

  test.each(kinds)("%s runs to its end", async (path) => {
    const { default: kind } = await import(join(dir, path));
    const name = basename(path, ".ts");
    const t = await testKind(kind, { name });
    const input = await inputs[name]!((text) => t.upload("file.txt", text));
    const job = await t.run(input as never);
    expect(job.status, job.error).toBe("done");
    expect(job.message).not.toBe("");
    // From its own result.eta, if it has one.
    expect(await job.result()).toContain("<section");
  });
});

// Registers the tests of the documentation in this file.
for (const path of tests) {
  const text = await readFile(join(dir, path), "utf8");
  expect(text).toContain("test(");
  await import(join(dir, path));
}
