/** Examples of the templates that kinds have for themselves: `views/jobs/<kind>/examples.ts`. */
import { statSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { KindPart, KindParts } from "../templates.ts";
import { result, resultOf } from "./examples/jobs/results.ts";
import { jobs } from "./examples/jobs.ts";
import { pages } from "./examples/pages.ts";
import type { States } from "./examples/partials.ts";

/** The data of each state by its name, for the parts that the kind has a template for. */
export type KindExamples = { readonly [Part in KindPart]?: States<KindParts[Part]> };

/** @param name "jobs/invoice_pdf/details" */
export function kindPartOf(name: string): { kind: string; part: KindPart } | undefined {
  const [, kind, part] = /^jobs\/(\w+)\/(form|details|result)$/.exec(name) ?? [];
  return kind ? { kind, part: part as KindPart } : undefined;
}

/**
 * @returns the examples of the template's file of examples; those of all kinds if it has none
 * @throws if the file cannot be loaded
 */
export async function kindStates(viewsDir: string, name: string): Promise<States<unknown>> {
  const { kind, part } = kindPartOf(name)!;
  const path = join(viewsDir, "jobs", kind, "examples.ts");
  const changedAt = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
  if (changedAt === undefined) return commonStates(kind)[part];
  const { default: examples }: { default: KindExamples } = await import(
    pathToFileURL(path).href + versionOf(path, changedAt)
  );
  return examples[part] ?? commonStates(kind)[part];
}

/** When each file was loaded first. */
const loaded = new Map<string, number>();

/** Node loads each address once: a file that has changed since gets another one. */
function versionOf(path: string, changedAt: number): string {
  const first = loaded.get(path) ?? changedAt;
  loaded.set(path, first);
  return first === changedAt ? "" : `?v=${changedAt}`;
}

function commonStates(kind: string): { [Part in KindPart]: States<KindParts[Part]> } {
  const own = Object.entries(jobs).map(([state, job]) => [state, { ...job, kind }]);
  const form = pages.form!.data as KindParts["form"];
  return {
    form: { form: { ...form, kind } },
    details: Object.fromEntries(own),
    result: { files: { ...resultOf(jobs.done, result), kind } },
  };
}
