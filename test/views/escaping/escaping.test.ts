/**
 * Every template is rendered with markup in every string of its data. The templates are read from
 * `views/`, so that a new one, or a new tag in one, fails until an example prints markup through it.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { PageExample } from "../../../server/previews/examples/pages/page-example.ts";
import { pages } from "../../../server/previews/examples/pages.ts";
import { kindPartOf } from "../../../server/previews/kind-examples.ts";
import { listPreviews } from "../../../server/previews/list-previews.ts";
import { createRenderer, type Renderer } from "../../../server/render.ts";
import type { TemplateName } from "../../../server/templates.ts";
import { markedValues, readTemplates, tagsOf, writeMarkedTemplates } from "./printed-values.ts";
import { allCodeWords, findUnescaped, type Probed, probe } from "./probe.ts";

const viewsDir = join(import.meta.dirname, "../../../views");
const templates = readTemplates(viewsDir);
const views = createRenderer({ viewsDir, strict: true, cache: true });

/** The example of each page, with markup in its texts, and with markup in its empty texts as well. */
const probedPages = Object.entries(pages).flatMap(([name, page]) =>
  [false, true].map((emptyToo) => ({ name, emptyToo, page: probe(page.data, emptyToo) })),
);

/** The same of the templates that kinds have for themselves. */
const probedParts = (await listPreviews(viewsDir))
  .filter(({ name }) => kindPartOf(name))
  .flatMap(({ name, states }) => [...states.values()].map((data) => ({ name, data })))
  .flatMap(({ name, data }) => [false, true].map((each) => ({ name, part: probe(data, each) })));

function render(renderer: Renderer, name: string, { data }: Probed<PageExample["data"]>): string {
  const { template } = pages[name]!;
  return renderer.page(template, data as never);
}

/** The values that are printed as they are, beside other templates and choices between two constants. */
const rawValues: Record<string, string> = {
  "layout: favicon": "a constant of the template",
  "layout: it.body": "the page, which is rendered by its own template",
};

describe.each(probedPages)("page $name with markup, in empty texts too: $emptyToo", (each) => {
  test("the page escapes every text of its data once", () => {
    const html = render(views, each.name, each.page);
    expect(html).toContain("&lt;probe-");
    expect(findUnescaped(html, each.page.paths)).toEqual([]);
  });
});

test("the templates of kinds escape every text of their data once", () => {
  for (const { name, part } of probedParts) {
    const html = views.partial(name as TemplateName, part.data as never);
    expect(findUnescaped(html, part.paths), name).toEqual([]);
  }
});

test("templates print only other templates, constants and listed values as they are", () => {
  const isConstant = /^[^?]+\?\s*(["'])(?:(?!\1).)*\1\s*:\s*(["'])(?:(?!\2).)*\2$/;
  const tags = [...templates].flatMap(([name, source]) => tagsOf(name, source));
  const raw = tags.filter((tag) => tag.isRaw && !/^include\(/.test(tag.expression));
  const unlisted = raw.filter(({ expression }) => !isConstant.test(expression));
  expect(raw.length).toBeGreaterThan(unlisted.length);
  expect(unlisted.map(({ name }) => name).sort()).toEqual(Object.keys(rawValues).sort());
});

test("the examples print markup through every tag of every template", async () => {
  const dir = await mkdtemp(join(tmpdir(), "headway-marked-views-"));
  onTestFinished(() => rm(dir, { recursive: true }));
  const tags = await writeMarkedTemplates(dir, templates);
  const marked = createRenderer({ viewsDir: dir, strict: true, cache: true });
  const printed = new Map<number, Set<string>>();
  const documents = probedPages.map(({ name, page }) => render(marked, name, page));
  const parts = probedParts.map(({ name, part }) =>
    marked.partial(name as TemplateName, part.data as never),
  );
  for (const { tag, text } of [...documents, ...parts].flatMap(markedValues)) {
    printed.set(tag, (printed.get(tag) ?? new Set()).add(text));
  }
  const sources = [...templates.values()].join("\n");
  /** Numbers, words that only the compiler's types allow, and texts of the templates themselves. */
  const isHarmless = (text: string) =>
    /^\d*\.?\d+$/.test(text) || allCodeWords.has(text) || sources.includes(text);
  const isProved = (texts: readonly string[]) =>
    texts.some((text) => text.includes("&lt;")) ||
    (texts.some((text) => text !== "") && texts.every(isHarmless));
  const unproved = tags.filter((_, number) => !isProved([...(printed.get(number) ?? [])]));
  expect(tags.length).toBeGreaterThan(400);
  // The configuration of htmx is a constant, whose quotes are escaped.
  expect(unproved.map(({ name }) => name)).toEqual(["layout: htmxConfig"]);
});

describe("the search for unescaped texts", () => {
  const find = (html: string) => findUnescaped(html, ["title", "names.0"]);
  const good = "&lt;probe-1&gt;&quot;&#39;&amp;Ada";

  test.each([
    ["a text as it is", `<p><probe-1>"'&Ada</p>`],
    ["quotes as they are", `<p title="&lt;probe-1&gt;"'&amp;Ada"></p>`],
    ["an apostrophe as it is", `<p title='&lt;probe-1&gt;&quot;'&amp;Ada'></p>`],
    ["an ampersand as it is", "<p>&lt;probe-1&gt;&quot;&#39;&Ada</p>"],
    ["a text that was escaped twice", "<p>&amp;lt;probe-1&amp;gt;&amp;quot;&amp;#39;&amp;amp;</p>"],
    ["an attribute without quotes", `<p title=${good}></p>`],
    ["the first letter of a text as it is", "<p><</p>"],
  ])("finds %s", (_, html) => {
    expect(find(html)).toHaveLength(1);
  });

  test("finds nothing in escaped texts", () => {
    expect(find(`<p title="${good}">${good}, ${good} &lt;</p>`)).toEqual([]);
  });

  test("names the string that was not escaped", () => {
    expect(find(`<b>x</b><probe-1>"'&Ada`)[0]).toMatch(/^names\.0: /);
  });
});
