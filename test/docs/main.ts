/** `npm run docs`: writes `docs/reference.md`. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { jobReference } from "./job-reference.ts";

const root = join(import.meta.dirname, "../..");
const source = readFileSync(join(root, "server/job.ts"), "utf8");
writeFileSync(join(root, "docs/reference.md"), jobReference(source));
