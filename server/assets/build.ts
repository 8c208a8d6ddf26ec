/**
 * Builds the assets of the pages. `public/app.css` and `public/app.js` (htmx and our scripts) are one
 * file each, so that a first view costs few requests. The list of jobs also loads
 * `public/dashboard.js`, forms with choices that depend on each other `public/job-form.js`, the page of
 * an upload `public/upload.js`, pages with a passkey `public/passkeys.js`, and the browser's shared
 * worker is `public/live-worker.js`.
 * `node server/assets/build.ts` builds them for production.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import {
  accessSync,
  constants,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../..");
const outputs = {
  css: join(root, "public/app.css"),
  js: join(root, "public/app.js"),
  worker: join(root, "public/live-worker.js"),
  dashboard: join(root, "public/dashboard.js"),
  jobForm: join(root, "public/job-form.js"),
  upload: join(root, "public/upload.js"),
  passkeys: join(root, "public/passkeys.js"),
};
const scriptsDir = join(root, "public/scripts");
/** Scripts import some of the texts. */
const textsDir = join(root, "server/text");
/** `npm install htmx.org` installs 4.x, which no longer has what the live partials need. */
const htmxVersion = "2.0.11";

/**
 * Builds the assets if a source is newer. A container image has them already: there the folder is
 * read-only, and esbuild and Tailwind may be missing.
 * @throws if another version of htmx is installed, or the stylesheet does not compile
 */
export async function buildAssets({ minify }: { minify: boolean }): Promise<void> {
  if (isPrebuilt()) return;
  if (!isFresh([outputs.css], [join(root, "views")])) await buildStylesheet(minify);
  const { css: _, ...scripts } = outputs;
  if (!isFresh(Object.values(scripts), [textsDir, scriptsDir])) await buildScripts();
  // In development pages follow styles by themselves, and keep what was typed.
  else if (minify) updateBanner();
}

/** @throws if another version of htmx is installed, or a script does not parse */
export async function buildScripts(): Promise<void> {
  const htmx = readHtmx();
  replaceFile(outputs.worker, await bundle("live-worker"));
  replaceFile(outputs.dashboard, await bundle("dashboard"));
  replaceFile(outputs.jobForm, await bundle("job-form"));
  replaceFile(outputs.upload, await bundle("upload"));
  replaceFile(outputs.passkeys, await bundle("passkeys"));
  replaceFile(outputs.js, [bannerWithHashes(), htmx, await bundle("app")].join("\n"));
}

/** The stylesheet may be newer than the scripts. */
function updateBanner(): void {
  const banner = bannerWithHashes();
  const [before = "", ...lines] = readFileSync(outputs.js, "utf8").split("\n");
  if (before !== banner) replaceFile(outputs.js, [banner, ...lines].join("\n"));
}

/** Writes a temporary file and renames it, so that no request reads half of it. */
function replaceFile(path: string, text: string): void {
  writeFileSync(`${path}.${process.pid}`, text);
  renameSync(`${path}.${process.pid}`, path);
}

/** @returns whether all files are newer than all sources in the folders */
function isFresh(built: readonly string[], folders: readonly string[]): boolean {
  // npm dates the files of packages 1985, but rewrites this one with each installation.
  const installed = join(root, "node_modules/.package-lock.json");
  const sources = [import.meta.filename, installed, ...folders.flatMap(filesBelow)];
  const newest = Math.max(...sources.map((path) => modifiedAt(path)));
  return built.every((path) => modifiedAt(path) > newest);
}

/** True if the assets exist and cannot be built: the folder is read-only, or Tailwind is missing. */
function isPrebuilt(): boolean {
  if (!Object.values(outputs).every((path) => existsSync(path))) return false;
  try {
    accessSync(dirname(outputs.css), constants.W_OK);
    tailwindCli();
    return false;
  } catch {
    return true;
  }
}

/** @returns all files and folders below a folder; the date of a folder shows that a file is gone */
function filesBelow(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return [folder, ...names.map((name) => join(folder, name))];
}

function modifiedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function readHtmx(): string {
  const script = createRequire(import.meta.url).resolve("htmx.org/dist/htmx.min.js");
  const { version } = JSON.parse(readFileSync(join(script, "../../package.json"), "utf8"));
  if (version !== htmxVersion) {
    throw new Error(`htmx.org ${version} is installed, but the pages need ${htmxVersion}`);
  }
  return readFileSync(script, "utf8");
}

/** @returns the path of Tailwind's command line; throws if it is not installed */
function tailwindCli(): string {
  const manifest = createRequire(import.meta.url).resolve("@tailwindcss/cli/package.json");
  return join(dirname(manifest), "dist/index.mjs");
}

/** @throws if it does not compile */
export async function buildStylesheet(minify: boolean): Promise<void> {
  const temporary = `${outputs.css}.${process.pid}`;
  const options = [
    "-i",
    join(root, "views/app.css"),
    "-o",
    temporary,
    ...(minify ? ["--minify"] : []),
  ];
  try {
    await run(process.execPath, [tailwindCli(), ...options], { cwd: root });
    renameSync(temporary, outputs.css);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/**
 * A comment with the hashes of the other files: the version of app.js, by which open pages notice a
 * deploy, then changes with any of them.
 */
function bannerWithHashes(): string {
  const { js: _, ...others } = outputs;
  const paths = Object.values(others);
  const hashes = paths.map((path) => {
    return createHash("sha256").update(readFileSync(path)).digest("hex").slice(0, 8);
  });
  return `/* ${paths.map((path) => basename(path)).join(", ")} ${hashes.join(" ")} */`;
}

const bundleOptions = { minify: true, format: "iife", target: "es2022" } as const;

/** @returns a script of `public/scripts/` with the modules that it imports */
export async function bundle(name: string): Promise<string> {
  const { build } = await import("esbuild");
  const entryPoints = [join(scriptsDir, `${name}.js`)];
  const { outputFiles } = await build({
    ...bundleOptions,
    entryPoints,
    bundle: true,
    write: false,
  });
  return outputFiles[0]!.text.trimEnd();
}

if (import.meta.main) await buildAssets({ minify: true });
