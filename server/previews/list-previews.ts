/**
 * Lists every template with the states in which it can be seen: from the examples of pages and partials,
 * and what the pages of these examples include.
 */
import { isDeepStrictEqual } from "node:util";
import { readTemplates } from "../development/check-templates.ts";
import { createRenderer } from "../render.ts";
import type { PageExample } from "./examples/pages/page-example.ts";
import { pages } from "./examples/pages.ts";
import { partials, type States } from "./examples/partials.ts";
import { kindPartOf, kindStates } from "./kind-examples.ts";

export interface Preview {
  /** "jobs/_row" */
  name: string;
  /** A page is rendered within the layout. */
  isPage: boolean;
  /** The first line of the template: type and description of its data. */
  about: string;
  /** The data by the name of its state. */
  states: ReadonlyMap<string, unknown>;
}

/** So many are enough to see how a small partial looks in different places. */
const maxRecordedStates = 40;

/** @returns the previews in the order of their names; one without an example has no states */
export async function listPreviews(viewsDir: string): Promise<Preview[]> {
  const recorded = recordIncludes(viewsDir);
  const previews: Preview[] = [];
  for (const [name, source] of [...readTemplates(viewsDir)].sort(byName)) {
    const own = pagesOf(name);
    const isPage = own.size > 0 || kindPartOf(name)?.part === "form";
    const states = kindPartOf(name)
      ? new Map(Object.entries(await kindStates(viewsDir, name)))
      : isPage
        ? own
        : partialStates(name, recorded.get(name));
    previews.push({ name, isPage, about: aboutOf(source), states });
  }
  return previews;
}

function byName([a]: [string, string], [b]: [string, string]): number {
  return a.localeCompare(b);
}

function pagesOf(template: string): Map<string, unknown> {
  const own = Object.entries(pages).filter(([, page]) => page.template === template);
  return new Map(own.map(([state, { data }]) => [state, data]));
}

function partialStates(name: string, recorded: ReadonlyMap<string, unknown> = new Map()) {
  const explicit: States<unknown> | undefined = partials[name as keyof typeof partials];
  return explicit ? new Map(Object.entries(explicit)) : recorded;
}

/** Renders the example of each page, and keeps the different data of each partial. */
function recordIncludes(viewsDir: string): Map<string, Map<string, unknown>> {
  const found = new Map<string, Map<string, unknown>>();
  let page = "";
  const render = createRenderer({
    ...{ viewsDir, strict: true, cache: false },
    onRender(name, data) {
      const states = found.get(name) ?? new Map<string, unknown>();
      found.set(name, states);
      const isNew = !states.values().some((each) => isDeepStrictEqual(each, data));
      if (isNew && states.size < maxRecordedStates) states.set(freeName(page, states), data);
    },
  });
  for (const [name, { template, data }] of Object.entries(pages) as [string, PageExample][]) {
    page = name;
    try {
      render.page(template, data);
    } catch {
      // Its preview shows the error.
    }
  }
  return found;
}

/** @returns "form", or "form 2" if the page includes the partial more than once */
function freeName(page: string, states: ReadonlyMap<string, unknown>): string {
  for (let number = 1; ; number++) {
    const name = number === 1 ? page : `${page} ${number}`;
    if (!states.has(name)) return name;
  }
}

function aboutOf(source: string): string {
  return /^<%\/\* it: (.*?)\s*\*\//.exec(source)?.[1] ?? "";
}
