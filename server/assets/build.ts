/**
 * Makes what the pages load: `public/app.css` from the templates, and `public/app.js` from htmx and
 * our scripts, in one file each, so that a first view costs few requests. Run by itself
 * (`node server/assets/build.ts`) it builds for production.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import {
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
const output = { css: join(root, "public/app.css"), js: join(root, "public/app.js") };
const worker = join(root, "public/live-worker.js");
/** In the order in which they stand in the page's script. */
const scripts = ["times", "submit-once", "live-swap", "live-job", "live-list", "live"].map((name) =>
  join(root, "public", `${name}.js`),
);
const devScript = join(root, "public/dev-reload.js");
/** A plain installation brings 4.x, which drops what the live partials rest on. */
const htmxVersion = "2.0.11";

/**
 * Builds what is older than its sources.
 * @param options.dev adds the script by which open pages load themselves again
 * @throws where the installed htmx is another version, or the stylesheet does not compile
 */
export async function buildAssets(options: { minify: boolean; dev?: boolean }): Promise<void> {
  const { minify, dev = false } = options;
  if (isFresh(dev)) return;
  const htmx = readHtmx();
  await buildStylesheet(minify);
  const own = [...scripts, ...(dev ? [devScript] : [])].map(scoped);
  writeFileSync(`${output.js}.${process.pid}`, [header(), htmx, ...own].join("\n"));
  renameSync(`${output.js}.${process.pid}`, output.js);
}

function isFresh(dev: boolean): boolean {
  const built = existsSync(output.js) ? readFileSync(output.js, "utf8") : "";
  if (built.includes("/dev/reload") !== dev) return false;
  // The installer notes each installation in a file; the packages' own files are dated 1985.
  const installed = join(root, "node_modules/.package-lock.json");
  const views = join(root, "views");
  const templates = readdirSync(views, { recursive: true, encoding: "utf8" });
  // Folders too: they tell of a template that is gone.
  const sources = [import.meta.filename, installed, worker, devScript, ...scripts, views];
  for (const name of templates) sources.push(join(views, name));
  const newest = Math.max(...sources.map((path) => changedAt(path)));
  return Object.values(output).every((path) => changedAt(path) > newest);
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

/** By a file of its own that is renamed, so that nobody is served half of it. */
async function buildStylesheet(minify: boolean): Promise<void> {
  const manifest = createRequire(import.meta.url).resolve("@tailwindcss/cli/package.json");
  const cli = join(dirname(manifest), "dist/index.mjs");
  const made = `${output.css}.${process.pid}`;
  const options = ["-i", join(root, "views/app.css"), "-o", made, ...(minify ? ["--minify"] : [])];
  try {
    await run(process.execPath, [cli, ...options], { cwd: root });
    renameSync(made, output.css);
  } finally {
    rmSync(made, { force: true });
  }
}

/** With the hashes of what the script's own version has to stand for as well. */
function header(): string {
  const hashes = [output.css, worker].map((path) => {
    return createHash("sha256").update(readFileSync(path)).digest("hex").slice(0, 8);
  });
  return `/* app.css ${hashes[0]}, live-worker.js ${hashes[1]} */`;
}

/** Each script has names of its own; comments on lines of their own stay behind. */
function scoped(path: string): string {
  const source = readFileSync(path, "utf8").replace(/^ *(\/\*\*[\s\S]*?\*\/|\/\/.*)\n/gm, "");
  return `(() => {\n"use strict";\n${source}})();`;
}

if (import.meta.main) await buildAssets({ minify: true });
