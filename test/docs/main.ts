/** `npm run docs`: writes the pages of the documentation that are made from comments. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { jobReference, templateReference } from "./reference.ts";

const root = join(import.meta.dirname, "../..");
const read = (path: string) => readFileSync(join(root, path), "utf8");

writeFileSync(join(root, "docs/reference.md"), jobReference(read("server/job.ts")));
writeFileSync(join(root, "docs/template-data.md"), templateReference(read));
