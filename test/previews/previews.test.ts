import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Hono } from "hono";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { createPageUpdates } from "../../server/development/page-updates.ts";
import { statuses } from "../../server/engine/status.ts";
import { renderFrame, withScheme } from "../../server/previews/frame.ts";
import { listPreviews } from "../../server/previews/list-previews.ts";
import { createRenderer } from "../../server/render.ts";
import { previewRoutes } from "../../server/routes/previews.ts";
import type { Env } from "../../server/services.ts";
import { backends, openTestBackend } from "../support/backends.ts";
import { signedUp } from "../support/cookie-browser.ts";
import { createWebApp } from "../support/web-app.ts";

const viewsDir = join(import.meta.dirname, "../../views");
const previews = await listPreviews(viewsDir);
const render = createRenderer({ viewsDir, strict: true, cache: true });

describe("the examples of templates", () => {
  test("every template has an example", () => {
    expect(previews.length).toBeGreaterThan(70);
    expect(previews.filter(({ states }) => states.size === 0).map(({ name }) => name)).toEqual([]);
  });

  test.each(previews)("the template $name can be rendered in each of its states", (preview) => {
    for (const state of preview.states.keys()) {
      expect(renderFrame(render, preview, state, "light"), state).toContain("<!doctype html>");
    }
  });

  test("a row, a panel and a page of a job are there in every status, and with unusual texts", () => {
    for (const name of ["jobs/_row", "jobs/_panel", "jobs/show"]) {
      const { states } = previews.find((each) => each.name === name)!;
      const shown = [...states.values()].map((data) =>
        "job" in (data as object) ? (data as { job: object }).job : data,
      );
      const found = new Set(shown.map((job) => (job as { status: string }).status));
      expect(found, name).toEqual(new Set(statuses));
      const names = [...states.keys()].join(" ").toLowerCase();
      for (const word of ["unknown", "zero", "huge", "long", "left"]) expect(names).toContain(word);
    }
  });
});

describe("the templates of a kind", () => {
  async function withKindTemplate(examples?: string) {
    const dir = await mkdtemp(join(tmpdir(), "headway-previews-"));
    onTestFinished(() => rm(dir, { recursive: true }));
    await mkdir(join(dir, "jobs/invoice"), { recursive: true });
    await writeFile(join(dir, "jobs/invoice/details.eta"), "<%/* it: JobView */%><%= it.kind %>");
    if (examples) await writeFile(join(dir, "jobs/invoice/examples.ts"), examples);
    const found = await listPreviews(dir);
    return found.find(({ name }) => name === "jobs/invoice/details");
  }

  test("a template of a kind without examples is shown in the states of all jobs", async () => {
    const preview = await withKindTemplate();
    expect(preview?.states.get("running")).toMatchObject({ kind: "invoice", status: "running" });
    expect(preview?.states.size).toBeGreaterThan(15);
  });

  test("the examples beside the templates of a kind are shown instead", async () => {
    const preview = await withKindTemplate(
      `export default { details: { paid: { kind: "paid" } } };`,
    );
    expect([...(preview?.states ?? [])]).toEqual([["paid", { kind: "paid" }]]);
  });
});

describe("the pages of previews", () => {
  let routes: Hono<Env>;
  beforeAll(() => {
    routes = previewRoutes({ render }, createPageUpdates());
  });

  test("the index lists every template, and finds some by a part of their name", async () => {
    const html = await (await routes.request("/previews")).text();
    for (const { name } of previews) expect(html).toContain(`href="/previews/${name}"`);
    const found = await (await routes.request("/previews?q=_row")).text();
    expect(found).toContain(`href="/previews/jobs/_row"`);
    expect(found).not.toContain(`href="/previews/jobs/_panel"`);
  });

  test("a template is shown in one state, light and dark, on a phone and on a wide screen", async () => {
    const html = await (await routes.request("/previews/jobs/_row?state=huge")).text();
    expect(html.match(/<iframe /g)).toHaveLength(4);
    expect(html).toContain(`href="/previews/jobs/_row?state=huge" aria-current="true"`);
    expect(html).toContain("/previews/frames/jobs/_row?state=huge&amp;scheme=dark");
    const all = await (await routes.request("/previews/jobs/_row?state=all")).text();
    expect(all.match(/<iframe /g)!.length).toBeGreaterThan(60);
  });

  test("a frame may be shown by this site alone, and has the chosen colours", async () => {
    const frame = await routes.request("/previews/frames/jobs/_row?state=huge&scheme=dark");
    expect(frame.headers.get("content-security-policy")).toContain("frame-ancestors 'self'");
    const html = await frame.text();
    expect(html).toContain("9,007,199,254,740,991");
    expect(html).toContain("/previews/app.css?scheme=dark");
    expect((await routes.request("/previews/frames/jobs/_row?state=none")).status).toBe(404);
  });

  test("a stylesheet gets one colour scheme, whatever the browser prefers", () => {
    const css = ":root{color-scheme:light dark}@media (prefers-color-scheme: dark){a{color:red}}";
    expect(withScheme(css, "dark")).toBe(
      ":root{color-scheme: dark}@media (min-width: 0){a{color:red}}",
    );
    expect(withScheme(css, "light")).toContain("@media (max-width: 0){");
  });
});

describe("in production", () => {
  let opened: Awaited<ReturnType<typeof openTestBackend>>;
  beforeAll(async () => {
    opened = await openTestBackend(backends[0]!);
  });
  afterAll(() => opened.close());

  test("there are no previews and nothing else of development", async () => {
    const { app, close } = createWebApp(opened);
    const person = { name: "Ada", email: "ada@example.com", password: "analytical engine" };
    const browser = await signedUp(app, person);
    for (const path of [
      "/previews",
      "/previews/frames/jobs/_row",
      "/dev/events",
      "/dev/reload.js",
    ]) {
      expect((await browser.get(path)).status, path).toBe(404);
    }
    expect(await browser.text("/jobs/new")).not.toContain("/dev/");
    close();
  });
});
