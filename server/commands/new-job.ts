/** `npm run new:job -- invoice_pdf`: writes a kind with templates, examples and a test to start from. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "../development/own-frames.ts";
import { kindNamePattern, newJobFiles } from "./new-job/files.ts";

const biome = createRequire(import.meta.url).resolve("@biomejs/biome/bin/biome");
const { positionals } = parseArgs({ allowPositionals: true });
const [name = ""] = positionals;

if (positionals.length !== 1) refuse("Name the kind: npm run new:job -- invoice_pdf");
if (!kindNamePattern.test(name)) {
  refuse(`“${name}” is no name of a kind: use small letters, digits and _, such as invoice_pdf`);
}
const files = newJobFiles(name);
const taken = [`views/jobs/${name}`, ...files.keys()].find((path) => existsSync(join(root, path)));
if (taken) refuse(`${taken} exists already; choose another name, or remove it first`);

for (const [path, { text }] of files) {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text, { flag: "wx" });
}

// Long names break lines elsewhere.
spawnSync(process.execPath, [biome, "format", "--write", ...files.keys()], { cwd: root });

const width = Math.max(...[...files.keys()].map((path) => path.length));
const lines = [...files].map(([path, { about }]) => `  ${path.padEnd(width)}  ${about}`);
console.log(`Wrote
${lines.join("\n")}

Next
  npm run dev                and open /jobs/new/${name}, and /previews/jobs/${name}/details
  npm test -- ${name.padEnd(14)} runs its test
  npm run check              checks style, types and templates

Remove a template that you do not need: the kind then has the one that all kinds share.`);

function refuse(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
