import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { result, resultOf } from "../../server/previews/examples/jobs/results.ts";
import { jobs } from "../../server/previews/examples/jobs.ts";
import { createRenderer } from "../../server/render.ts";

const root = join(import.meta.dirname, "../..");
const run = promisify(execFile);
const name = "invoice_pdf";
const written = [
  `jobs/${name}.ts`,
  ...["details.eta", "result.eta", "examples.ts"].map((file) => `views/jobs/${name}/${file}`),
  `test/jobs/${name}.test.ts`,
];

/** A copy of the source tree, into which the command writes. */
let tree: string;
let output: string;

beforeAll(async () => {
  tree = await mkdtemp(join(tmpdir(), "headway-new-job-"));
  const names = ["server", "views", "public", "jobs", "migrations", "test"];
  for (const each of [
    ...names,
    "package.json",
    "biome.json",
    "tsconfig.json",
    "vitest.config.ts",
  ]) {
    await cp(join(root, each), join(tree, each), { recursive: true });
  }
  await symlink(join(root, "node_modules"), join(tree, "node_modules"));
  output = (await newJob(name)).stdout;
});
afterAll(() => rm(tree, { recursive: true, force: true }));

const newJob = (...args: string[]) => runInTree(["server/commands/new-job.ts", ...args]);

function runInTree(args: string[]) {
  // The variables of this test run are not for another one.
  const { VITEST: _, NODE_ENV: __, ...env } = process.env;
  return run(process.execPath, args, { cwd: tree, env, maxBuffer: 16 * 1024 * 1024 }).catch(
    (failed: { stdout: string; stderr: string; code: number }) => failed,
  );
}

describe("npm run new:job", () => {
  test("the kind has a title in sentence case, as the pages have", async () => {
    expect(await readFile(join(tree, `jobs/${name}.ts`), "utf8")).toContain('title: "Invoice PDF"');
  });

  test("the templates of the kind show all that those of every kind show", () => {
    const views = createRenderer({ viewsDir: join(tree, "views"), strict: true, cache: true });
    const own = (part: "details" | "result") => `jobs/${name}/${part}` as `jobs/${typeof part}`;
    for (const job of Object.values(jobs)) {
      const text = views.partial("jobs/details", job);
      expect(views.partial(own("details"), job)).toBe(text);
    }
    const done = resultOf(jobs.done, result);
    expect(views.partial(own("result"), done)).toBe(views.partial("jobs/result", done));
    const cancelled = resultOf(jobs.cancelled);
    expect(views.partial(own("result"), cancelled)).toContain(cancelled.message);
  });

  test("the command writes a kind, templates, examples and a test, and says what to do next", () => {
    for (const path of written) {
      expect(existsSync(join(tree, path)), path).toBe(true);
      expect(output).toContain(path);
    }
    expect(output).toContain(`/previews/jobs/${name}/details`);
    expect(output).toContain(`npm test -- ${name}`);
  });

  test("the files that the command writes pass the checks of style and types", async () => {
    const biome = join(root, "node_modules/@biomejs/biome/bin/biome");
    const typescript = join(root, "node_modules/typescript/bin/tsc");
    const style = await runInTree([
      biome,
      "check",
      "--vcs-enabled=false",
      "--error-on-warnings",
      ...written.filter((path) => path.endsWith(".ts")),
    ]);
    expect(style).not.toHaveProperty("code");
    const include = written.filter((path) => path.endsWith(".ts"));
    // The declaration of what the setup provides to tests.
    const files = ["test/support/global-setup.ts"];
    const config = { extends: "./tsconfig.json", include, files };
    await writeFile(join(tree, "tsconfig.new.json"), JSON.stringify(config));
    expect(await runInTree([typescript, "-p", "tsconfig.new.json"])).toMatchObject({ stdout: "" });
    const templates = await runInTree(["server/commands/check-templates.ts"]);
    expect(templates).not.toHaveProperty("code");
  });

  test("the test and the examples that the command writes pass", async () => {
    const tests = [
      `test/jobs/${name}.test.ts`,
      "test/previews",
      "test/views/escaping",
      "test/layers.test.ts",
    ];
    // Other tests do not see the new files, and run outside of the copy.
    const titles = [
      ...["Invoice PDF on sqlite", "Invoice PDF on postgres", `template jobs/${name}/result`],
      ...["every template has an example", "templates of kinds escape", "every tag of every"],
      "kinds import only",
    ];
    const vitest = join(root, "node_modules/vitest/vitest.mjs");
    const options = ["--project", "together", "--reporter", "verbose", "-t", titles.join("|")];
    const result = await runInTree([vitest, "run", ...options, ...tests]);
    expect(result, result.stdout).not.toHaveProperty("code");
    for (const title of titles) expect(result.stdout).toMatch(new RegExp(`✓.*${title}`));
    // It starts a Postgres server of its own.
  }, 300_000);

  test.each([
    [["Invoice"], "no name of a kind"],
    [["../invoice"], "no name of a kind"],
    [[], "Name the kind"],
    [["one", "two"], "Name the kind"],
    [[name], "exists already"],
    [["countdown"], "jobs/countdown.ts exists already"],
    [["status"], "views/jobs/status exists already"],
  ])("the command refuses %j and writes nothing", async (args, message) => {
    const before = await readFile(join(tree, `jobs/${name}.ts`), "utf8");
    const failed = await newJob(...args);
    expect(failed).toMatchObject({ code: 1, stdout: "" });
    expect(failed.stderr).toContain(message);
    expect(await readFile(join(tree, `jobs/${name}.ts`), "utf8")).toBe(before);
  });
});
