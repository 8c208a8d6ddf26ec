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

function errorOf(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error("Nothing was thrown");
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
      `views/shared/part.eta, line 2: cannot print ${words}: it.value`,
    );
  });

  test.each([
    ["a value beneath empty lines", "<p>\n\n\n  <b><%= it.none %></b>", 4, 10, "it.none"],
    ["a property of undefined", "<%= it.none.text %>", 1, 13, "it.none"],
    ["a property of null in a list", "\n\t<%= it.list[1].text %>", 2, 17, "it.list[1]"],
    ["a line of a long tag", "\n<%\nconst a = 1;\n\n  it.none.text;\n%>", 5, 11, "it.none"],
    ["a callback", "<%= it.list.map((each) => each.text).join() %>", 1, 32, "each"],
    ["an unknown name", "a\n<% if (nothing) { %>b<% } %>", 2, 4, ""],
    ["an unknown partial", "<div>\n\n<%~ include('no/such', it) %>", 3, 5, ""],
  ])(
    "an error names file, line, column and expression of %s",
    async (_, source, line, column, expression) => {
      await write("part", source);
      const views = createRenderer({ viewsDir, strict: true, cache: false });
      const error = errorOf(() => render(views, "part", { list: [{ text: "" }, null] }));
      expect(error).toMatchObject({ file: "views/part.eta", place: { line, column }, expression });
    },
  );

  test.each([
    ["a missing parenthesis", "<p>\n\n<%= it.f(1 %>", 3, 11, "missing ) after argument list"],
    ["a brace too many", "a\n  <% } %>", 2, 6, "Unexpected token '}'"],
    [
      "a block that is not closed",
      "\n<% if (it) { %>\n<% for (;;) { %>\n<% } %>",
      2,
      4,
      "a { of this tag is not closed",
    ],
    ["a tag that is not closed", "a\n\n  <%= it.a", 3, 3, "unclosed tag"],
    ["a string that is not closed", "a\n<%= 'it %>", 2, 5, "unclosed string"],
  ])(
    "a syntax error names file, line and column of %s",
    async (_, source, line, column, reason) => {
      await write("part", source);
      const views = createRenderer({ viewsDir, strict: true, cache: false });
      const error = errorOf(() => render(views, "part", {}));
      expect(error).toMatchObject({ file: "views/part.eta", place: { line, column }, reason });
    },
  );

  test("an error names the templates that included its own", async () => {
    await write("page", "\n<%~ include('part', it) %>");
    await write("part", "<%~ include('word', it) %>");
    await write("word", "<%= it.none %>");
    const views = createRenderer({ viewsDir, strict: true, cache: true });
    expect(errorOf(() => render(views, "page", {}))).toMatchObject({
      file: "views/word.eta",
      includedBy: ["views/part.eta, line 1", "views/page.eta, line 2"],
    });
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
  expect(() => createRenderer({ viewsDir, strict: true, cache: true })).toThrow(
    "views/part.eta, line 1: ",
  );
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
