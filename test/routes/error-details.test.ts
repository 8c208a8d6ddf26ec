/** An error of a template on a page: with its place in development, without it in production. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { defineJob, type Kind } from "../../server/job.ts";
import { backends, openTestBackend } from "../support/backends.ts";
import { signedUp } from "../support/cookie-browser.ts";
import { createWebApp } from "../support/web-app.ts";

/** A kind without a description, which the list of kinds prints. */
const nameless = defineJob({
  title: "Nameless",
  description: undefined as never,
  input: z.object({}),
  steps: { First: 1 },
  run: async () => ({ message: "" }),
}) as unknown as Kind;

let opened: Awaited<ReturnType<typeof openTestBackend>>;
beforeAll(async () => {
  opened = await openTestBackend(backends[0]!);
});
afterAll(() => opened.close());

async function openBrokenPage(mode: string): Promise<Response> {
  const settings = { NODE_ENV: mode };
  const { app, close } = createWebApp(opened, {
    settings,
    catalog: new Map([["nameless", nameless]]),
  });
  const person = { name: mode, email: `${mode}@example.com`, password: "analytical engine" };
  const browser = await signedUp(app, person);
  const response = await browser.get("/jobs/new");
  close();
  return response;
}

test("in development the page of an error shows file, line, expression and the lines around", async () => {
  const response = await openBrokenPage("development");
  expect(response.status).toBe(500);
  const html = await response.text();
  expect(html).toContain("<h1>cannot print undefined</h1>");
  expect(html).toMatch(/id="error-place">views\/jobs\/new\.eta:\d+:\d+</);
  expect(html).toMatch(/class="expression">[\w.]*description</);
  expect(html).toMatch(/<span class="marked"><i>\d+<\/i>[^\n]*description/);
});

test("in production the page of an error shows nothing of the code", async () => {
  const response = await openBrokenPage("production");
  expect(response.status).toBe(500);
  const html = await response.text();
  expect(html).toContain("Something went wrong");
  expect(html).not.toMatch(/\.eta|\.ts|description/);
});
