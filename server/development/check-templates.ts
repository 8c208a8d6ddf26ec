/**
 * Checks templates against the types of their data: each becomes a function of the type that its first
 * line names, for the compiler, whose errors are led back to the template.
 */
import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import {
  compileTemplate,
  type Place,
  type TemplateCode,
  type UnclosedTag,
} from "../template-code.ts";
import { root } from "./own-frames.ts";

/** The files whose types a template may name. */
const typeFiles = [
  "server/templates.ts",
  "server/job.ts",
  ...readdirSync(join(root, "server/presenters"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => `server/presenters/${name.replaceAll("\\", "/")}`),
];

const compilerOptions = {
  noUnusedLocals: false,
  noUnusedParameters: false,
  typeRoots: [join(root, "node_modules/@types")],
};

/** The code around the body of a template, and how many lines of it are before the body. */
interface TypedTemplate {
  name: string;
  code: TemplateCode;
  text: string;
  lineOffset: number;
}

/** @returns the templates of a folder, by name */
export function readTemplates(viewsDir: string): Map<string, string> {
  const paths = readdirSync(viewsDir, { recursive: true, encoding: "utf8" });
  return new Map(
    paths
      .filter((path) => path.endsWith(".eta"))
      .map((path) => [
        path.slice(0, -".eta".length).replaceAll("\\", "/"),
        readFileSync(join(viewsDir, path), "utf8"),
      ]),
  );
}

/**
 * @param templates the source of each by its name
 * @returns the errors, one a line: "views/jobs/_row.eta(10,14): error TS2551: Property 'elapzed' …"
 */
export async function checkTemplates(templates: ReadonlyMap<string, string>): Promise<string[]> {
  const errors: string[] = [];
  const typed = new Map<string, TypedTemplate>();
  const imports = typeImports();
  for (const [name, source] of templates) {
    try {
      typed.set(moduleName(name), typedTemplate(name, source, imports));
    } catch (error) {
      errors.push(formatError(name, (error as UnclosedTag).place, (error as Error).message));
    }
  }
  return [...errors, ...(await compile(typed))];
}

/** @returns the errors of the compiler */
async function compile(typed: ReadonlyMap<string, TypedTemplate>): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), "headway-views-"));
  try {
    const config = { extends: join(root, "tsconfig.json"), include: ["*.mts"], compilerOptions };
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify(config));
    for (const [name, { text }] of typed) await writeFile(join(folder, name), text);
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const output = await promisify(execFile)(process.execPath, [tsc, "-p", folder], {
      cwd: folder,
      maxBuffer: 64 * 1024 * 1024,
    }).then(
      ({ stdout }) => stdout,
      (failed: { stdout?: string; message: string }) => failed.stdout || `${failed.message}\n`,
    );
    return output
      .split("\n")
      .filter(Boolean)
      .map((line) => inTemplate(line, typed));
  } finally {
    await rm(folder, { recursive: true });
  }
}

function moduleName(template: string): string {
  return `${template.replaceAll("/", "+")}.mts`;
}

function typeImports(): string {
  const statements = typeFiles.map((path) => {
    const source = readFileSync(join(root, path), "utf8");
    const found = [...source.matchAll(/^export (?:interface|type) (\w+)/gm)];
    const names = found
      .map(([, name]) => name)
      .filter((name) => path !== "server/job.ts" || name === "IconName");
    return `import type { ${names.join(", ")} } from ${JSON.stringify(join(root, path))};`;
  });
  return statements.join("\n");
}

/** `Same` compares the first line of the template with `server/templates.ts`. */
function typedTemplate(name: string, source: string, imports: string): TypedTemplate {
  const code = compileTemplate(source, { checks: true });
  const [, type = "never"] = /^<%\/\* it: (.+?)(?:\. .*)?\s*\*\//.exec(source) ?? [];
  const head = `${imports}
type Same<A, B> = [A, B] extends [B, A] ? true : { expected: B };
const same: Same<${type}, DataOf<${JSON.stringify(name)}>> = true;
declare function include<N extends TemplateName>(name: N, data: DataOf<N>): string;
declare function templateFor<P extends KindPart>(kind: string, part: P): \`jobs/\${string}/\${P}\`;
declare const __eta: { res: string; e(value: string): string; f(value: string | number): string };
export function template(it: ${type}) {
`;
  return { name, code, text: `${head}${code.body}\n}\n`, lineOffset: head.split("\n").length - 1 };
}

/** @param line of the compiler's output: "jobs+_row.mts(49,31): error TS2551: Property …" */
function inTemplate(line: string, typed: ReadonlyMap<string, TypedTemplate>): string {
  const [, file = "", row, column, message = ""] =
    /^(.+\.mts)\((\d+),(\d+)\): (.*)$/.exec(line) ?? [];
  const template = typed.get(file);
  if (!template) return line;
  const place = { line: Number(row) - template.lineOffset, column: Number(column) };
  if (place.line < 1) {
    const help =
      "the first line has to name the type that server/templates.ts gives to this template";
    return formatError(template.name, { line: 1, column: 1 }, `${help} (${message})`);
  }
  return formatError(template.name, template.code.locate(place)?.place, message);
}

function formatError(name: string, place: Place | undefined, message: string): string {
  const at = place ? `(${place.line},${place.column})` : "";
  return `views/${name}.eta${at}: ${message}`;
}
