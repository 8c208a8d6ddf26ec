import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createRenderer, type Renderer } from "../../server/render.ts";

let viewsDir: string;

beforeEach(async () => {
  viewsDir = await mkdtemp(join(tmpdir(), "headway-render-"));
});

afterEach(() => rm(viewsDir, { recursive: true }));

async function write(name: string, source: string): Promise<void> {
  await mkdir(dirname(join(viewsDir, name)), { recursive: true });
  await writeFile(join(viewsDir, `${name}.eta`), source);
}

/** Renders a template that `server/templates.ts` does not list. */
function render(views: Renderer, name: string, data: unknown): string {
  return (views.partial as (name: string, data: unknown) => string)(name, data);
}

describe("strict mode", () => {
  test.each([
    ["undefined", undefined],
    ["null", null],
    ["an object", { a: 1 }],
    ["an object", Promise.resolve("late")],
    ["false", false],
    ["NaN", Number.NaN],
  ])("the renderer refuses to print %s and names the template and line", async (words, value) => {
    await write("shared/page", "<p>\n<%~ include('shared/part', it) %>\n</p>");
    await write("shared/part", "<b>\n<%~ it.value %></b>");
    const views = createRenderer({ viewsDir, strict: true, cache: true });
    expect(() => render(views, "shared/page", { value })).toThrow(
      `views/shared/part.eta, line 2: cannot print ${words}`,
    );
  });

  test("the renderer prints text and numbers, including zero and the empty string", async () => {
    await write("part", "[<%= it.zero %>][<%= it.empty %>][<%= it.text %>]");
    const views = createRenderer({ viewsDir, strict: true, cache: true });
    expect(render(views, "part", { zero: 0, empty: "", text: "a<b" })).toBe("[0][][a&lt;b]");
  });
});

test("a partial gets only the data that it is given", async () => {
  await write("page", "<%~ include('part', { own: 'part' }) %>");
  await write("part", "<%= it.own %> <%= typeof it.secret %>");
  const views = createRenderer({ viewsDir, strict: false, cache: true });
  expect(render(views, "page", { secret: "page" })).toBe("part undefined");
});

test("a page is rendered within the layout with its layout data", async () => {
  await write("layout", "<title><%= it.title %></title><%~ it.body %>");
  await write("page", "<h1><%= it.heading %></h1>");
  const views = createRenderer({ viewsDir, strict: true, cache: true });
  const page = views.page as (name: string, data: unknown) => string;
  const html = page("page", { layout: { title: "T" }, heading: "H" });
  expect(html).toBe("<title>T</title><h1>H</h1>");
});

test("a renderer without cache uses an edited and a new template at the next render", async () => {
  await write("part", "before");
  const views = createRenderer({ viewsDir, strict: true, cache: false });
  expect(render(views, "part", {})).toBe("before");
  await write("part", "after");
  expect(render(views, "part", {})).toBe("after");
  expect(views.exists("other")).toBe(false);
  await write("other", "new");
  expect(views.exists("other")).toBe(true);
});

test("a renderer with cache throws at the start if a template does not parse", async () => {
  await write("part", "<% if ( %>");
  expect(() => createRenderer({ viewsDir, strict: true, cache: true })).toThrow("views/part.eta: ");
});

test.each([true, false])(
  "templateFor prefers the template of a kind to the common one (cache: %s)",
  async (cache) => {
    await write("jobs/details", "common");
    await write("jobs/contact_import/details", "own");
    const views = createRenderer({ viewsDir, strict: true, cache });
    expect(views.templateFor("contact_import", "details")).toBe("jobs/contact_import/details");
    expect(views.templateFor("contact_export", "details")).toBe("jobs/details");
  },
);

test.each([true, false])(
  "a template name cannot reach outside the folder (cache: %s)",
  async (cache) => {
    await write("inside/part", "");
    await write("outside", "secret");
    const views = createRenderer({ viewsDir: join(viewsDir, "inside"), strict: true, cache });
    expect(views.exists("../outside")).toBe(false);
    expect(() => render(views, "../outside", {})).toThrow("No template");
  },
);
