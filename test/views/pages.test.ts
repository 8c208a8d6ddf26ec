import { describe, expect, test } from "vitest";
import { pages } from "../../server/previews/examples/pages.ts";
import { createRenderer } from "../../server/render.ts";
import { faults } from "./validator.ts";

const viewsDir = new URL("../../views", import.meta.url).pathname;
const views = createRenderer({ viewsDir, strict: true, cache: true });

const rendered = Object.entries(pages).map(([name, { template, data }]) => ({
  name,
  html: views.page(template, data),
  token: data.layout.token,
  ownScripts: [data.layout.script, data.layout.devScript].filter((path) => path !== null),
}));

describe.each(rendered)("page $name", ({ html, token, ownScripts }) => {
  test("the page is valid HTML", async () => {
    expect(await faults(html)).toEqual([]);
  });

  test("the page complies with the content security policy", () => {
    expect(html).not.toMatch(/\sstyle=|<style|\son[a-z]+=|javascript:/i);
    const own = ownScripts.map((path) => `<script src="${path}" defer>`);
    const scripts = [`<script src="/app.js?v=1" defer>`, ...own];
    expect(html.match(/<script\b[^>]*>/g)).toEqual(scripts);
  });

  test("the page has one h1 and one empty region for announcements", () => {
    expect(html.match(/<h1\b/g)).toHaveLength(1);
    expect(html).toMatch(/<div id="announce"[^>]* aria-live="polite"><\/div>/);
  });

  test("every POST form of the page contains the token", () => {
    const forms = html.match(/<form\b[^>]* method="post"[\s\S]*?<\/form>/g) ?? [];
    for (const form of forms) expect(form).toContain(`name="token" value="${token}"`);
  });

  test("every focusable control of the page has an id, so that a swap keeps the focus", () => {
    const live = html.slice(html.indexOf("<main"), html.indexOf("</main>"));
    const buttons =
      live.match(/<(button|input(?! type="hidden")|select|textarea|summary)\b[^>]*>/g) ?? [];
    expect(buttons.filter((tag) => !/\sid="/.test(tag))).toEqual([]);
  });
});

describe("pages without JavaScript", () => {
  const page = (name: string): string => rendered.find((each) => each.name === name)?.html ?? "";

  test("the page of an active job refreshes itself and offers to stop", () => {
    expect(page("job-running")).toContain(
      `<noscript><meta http-equiv="refresh" content="4"></noscript>`,
    );
    expect(page("job-running")).toContain(`?refresh=off">Stop refreshing</a>`);
    expect(page("job-running")).toContain("Refresh</a>");
  });

  test("the page of a final job does not refresh itself", () => {
    expect(page("job-done")).not.toContain("http-equiv");
  });

  test("a page that was stopped from refreshing offers to start again", () => {
    const { template, data } = pages["job-running"]!;
    const refresh = { seconds: null, checkHref: "/jobs/1?refresh=off", toggleHref: "/jobs/1" };
    const html = views.page(template, { ...data, layout: { ...data.layout, refresh } });
    expect(html).not.toContain("http-equiv");
    expect(html).toContain(`<a href="/jobs/1">Start refreshing</a>`);
  });
});
