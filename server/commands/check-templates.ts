/** Checks every template of `views/` against the type of its data; part of `npm run typecheck`. */
import { join } from "node:path";
import { checkTemplates, readTemplates } from "../development/check-templates.ts";
import { root } from "../development/own-frames.ts";

const errors = await checkTemplates(readTemplates(join(root, "views")));
for (const error of errors) console.log(error);
if (errors.length > 0) process.exit(1);
