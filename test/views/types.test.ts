/**
 * Every template is turned into a function of the type that its first line names, and checked by the
 * compiler: a misspelt field, a value that may be missing or a partial given the wrong data fails.
 */
import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Eta } from "eta";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = new URL("../../", import.meta.url).pathname;
const presenters = readdirSync(join(root, "server/presenters"), {
  recursive: true,
  encoding: "utf8",
})
  .filter((name) => name.endsWith(".ts"))
  .map((name) => `server/presenters/${name}`);
const types = ["server/templates.ts", ...presenters];

const eta = new Eta({ rmWhitespace: true, autoFilter: true });
let folder: string;
let imports: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "headway-views-"));
  const sources = await Promise.all(types.map((path) => readFile(join(root, path), "utf8")));
  imports = sources
    .map((source, place) => {
      const names = [...source.matchAll(/^export (?:interface|type) (\w+)/gm)].map(
        ([, name]) => name,
      );
      return `import type { ${names.join(", ")} } from ${JSON.stringify(join(root, types[place] ?? ""))};`;
    })
    .concat(`import type { IconName } from ${JSON.stringify(join(root, "server/job.ts"))};`)
    .join("\n");
  const options = {
    extends: join(root, "tsconfig.json"),
    include: ["*.mts"],
    compilerOptions: {
      noUnusedLocals: false,
      noUnusedParameters: false,
      typeRoots: [join(root, "node_modules/@types")],
    },
  };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(options));
});

afterAll(() => rm(folder, { recursive: true }));

/** Turns a template into a module; `Same` compares its first line with `server/templates.ts`. */
function typed(name: string, source: string): string {
  const [, type = "never"] = /^<%\/\* it: (.+?)(?:\. .*)?\s*\*\//.exec(source) ?? [];
  return `${imports}
type Same<A, B> = [A, B] extends [B, A] ? true : { expected: B };
const same: Same<${type}, DataOf<${JSON.stringify(name)}>> = true;
declare function include<N extends TemplateName>(name: N, data: DataOf<N>): string;
declare function templateFor<P extends KindPart>(kind: string, part: P): \`jobs/\${string}/\${P}\`;
declare const __eta: { res: string; e(value: string): string; f(value: string | number): string };
export function template(it: ${type}) {
${eta.compileBody(eta.parse(source))}
}
`;
}

/** Compiles the templates. @returns the compiler's errors, one a line */
async function check(templates: Map<string, string>): Promise<string[]> {
  for (const [name, source] of templates) {
    await writeFile(join(folder, `${name.replaceAll("/", "+")}.mts`), typed(name, source));
  }
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const run = promisify(execFile)(process.execPath, [tsc, "-p", folder], { cwd: folder });
  const output = await run.then(
    ({ stdout }) => stdout,
    ({ stdout }: { stdout: string }) => stdout,
  );
  return output.split("\n").filter((line) => line.includes("error TS"));
}

test("every template fits its data", { timeout: 60_000 }, async () => {
  const paths = await readdir(join(root, "views"), { recursive: true });
  const templates = new Map<string, string>();
  for (const path of paths.filter((each) => each.endsWith(".eta"))) {
    templates.set(path.slice(0, -".eta".length), await readFile(join(root, "views", path), "utf8"));
  }
  expect(templates.size).toBeGreaterThan(30);
  expect(await check(templates)).toEqual([]);
});

test("the compiler finds a misspelt field, a missing value, wrong data and a wrong type", {
  timeout: 60_000,
}, async () => {
  const faulty = {
    "jobs/_row": "<%/* it: Live<JobView> */%><%= it.titel %>",
    "jobs/_panel": "<%/* it: Live<JobView> */%><%= it.started.text %>",
    "jobs/new": `<%/* it: NewJobPage */%><%~ include("shared/_kind_icon", it) %>`,
    "jobs/form": `<%/* it: JobFormPage */%><%~ include("shared/_icon", "no-such-icon") %>`,
    "jobs/_progress": "<%/* it: NewJobPage */%>",
    "jobs/_log_lines": "<%/* it: Live<LogLinesView> */%><%= it.oob %>",
  };
  const errors = await check(new Map(Object.entries(faulty)));
  for (const name of Object.keys(faulty)) {
    expect(errors.join("\n"), name).toContain(`${name.replaceAll("/", "+")}.mts`);
  }
});
