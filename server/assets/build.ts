/**
 * Makes what the pages load: `public/app.css` from the templates, and `public/app.js` from htmx and
 * our scripts, in one file each, so that a first view costs few requests; what the list of jobs
 * alone needs is in `public/dashboard.js`. Run by itself (`node server/assets/build.ts`) it builds
 * for production.
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
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../..");
const output = {
  css: join(root, "public/app.css"),
  js: join(root, "public/app.js"),
  worker: join(root, "public/live-worker.js"),
  dashboard: join(root, "public/dashboard.js"),
};
const sources = join(root, "public/scripts");
/** A plain installation brings 4.x, which drops what the live partials rest on. */
const htmxVersion = "2.0.11";

/**
 * Builds what is older than its sources. An image has what was built with it: its folder cannot be
 * written to, and neither esbuild nor Tailwind has to be installed.
 * @param options.dev adds the script by which open pages load themselves again
 * @throws where the installed htmx is another version, or the stylesheet does not compile
 */
export async function buildAssets(options: { minify: boolean; dev?: boolean }): Promise<void> {
  const { minify, dev = false } = options;
  if (isFresh(dev) || isFixed()) return;
  const htmx = readHtmx();
  await buildStylesheet(minify);
  write(output.worker, await bundle("live-worker"));
  write(output.dashboard, await bundle("dashboard"));
  const scripts = await Promise.all(["app", ...(dev ? ["dev-reload"] : [])].map(bundle));
  write(output.js, [header(), htmx, ...scripts].join("\n"));
}

/** By a file of its own that is renamed, so that nobody is served half of it. */
function write(path: string, text: string): void {
  writeFileSync(`${path}.${process.pid}`, text);
  renameSync(`${path}.${process.pid}`, path);
}

function isFresh(dev: boolean): boolean {
  const built = existsSync(output.js) ? readFileSync(output.js, "utf8") : "";
  if (built.includes("/dev/reload") !== dev) return false;
  // The installer notes each installation in a file; the packages' own files are dated 1985.
  const installed = join(root, "node_modules/.package-lock.json");
  const made = [
    import.meta.filename,
    installed,
    ...within(join(root, "views")),
    ...within(sources),
  ];
  const newest = Math.max(...made.map((path) => changedAt(path)));
  return Object.values(output).every((path) => changedAt(path) > newest);
}

/** Whether they are there, and cannot be built: nobody may write, or the builders are left out. */
function isFixed(): boolean {
  if (!Object.values(output).every((path) => existsSync(path))) return false;
  try {
    accessSync(dirname(output.css), constants.W_OK);
    tailwind();
    return false;
  } catch {
    return true;
  }
}

/** All files of a folder, and its folders too: they tell of a file that is gone. */
function within(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return [folder, ...names.map((name) => join(folder, name))];
}

function changedAt(path: string): number {
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

/** @returns the path of its command line; throws where it is not installed */
function tailwind(): string {
  const manifest = createRequire(import.meta.url).resolve("@tailwindcss/cli/package.json");
  return join(dirname(manifest), "dist/index.mjs");
}

/** As `write` does: renamed when it is whole. */
async function buildStylesheet(minify: boolean): Promise<void> {
  const made = `${output.css}.${process.pid}`;
  const options = ["-i", join(root, "views/app.css"), "-o", made, ...(minify ? ["--minify"] : [])];
  try {
    await run(process.execPath, [tailwind(), ...options], { cwd: root });
    renameSync(made, output.css);
  } finally {
    rmSync(made, { force: true });
  }
}

/** With the hashes of what the script's own version has to stand for as well. */
function header(): string {
  const others = [output.css, output.worker, output.dashboard];
  const hashes = others.map((path) => {
    return createHash("sha256").update(readFileSync(path)).digest("hex").slice(0, 8);
  });
  return `/* app.css, live-worker.js, dashboard.js ${hashes.join(" ")} */`;
}

const bundleOptions = { minify: true, format: "iife", target: "es2022" } as const;

/** A script with the modules that it imports. */
async function bundle(name: string): Promise<string> {
  const { build } = await import("esbuild");
  const entryPoints = [join(sources, `${name}.js`)];
  const { outputFiles } = await build({
    ...bundleOptions,
    entryPoints,
    bundle: true,
    write: false,
  });
  return outputFiles[0]!.text.trimEnd();
}

if (import.meta.main) await buildAssets({ minify: true });
