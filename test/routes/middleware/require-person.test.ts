import { Hono } from "hono";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { sendProblem } from "../../../server/routes/api/problems.ts";
import { toHttpError } from "../../../server/routes/error-map.ts";
import { protectForms } from "../../../server/routes/middleware/protect-forms.ts";
import {
  requireApiPerson,
  requirePerson,
} from "../../../server/routes/middleware/require-person.ts";
import { answerError } from "../../../server/routes/page/error-pages.ts";
import type { Env } from "../../../server/services.ts";
import { Browser, csrfTokenOf, signedUp } from "../../support/cookie-browser.ts";
import { type TestDatabase, testDatabase } from "../../support/database.ts";
import { createWebApp, type WebApp } from "../../support/web-app.ts";

let database: TestDatabase;
let site: WebApp;
let app: Hono<Env>;

/** The application, with routes in front that show what the middleware does. */
function withTestRoutes({ app, services }: WebApp): Hono<Env> {
  const routes = new Hono<Env>();
  routes.get("/jobs", requirePerson(services), (c) => c.text(`jobs of ${c.var.person.name}`));
  const streamed = protectForms(services, { streamed: true });
  routes.post("/uploads", requirePerson(services), streamed, async (c) =>
    c.text(`${(await c.req.text()).length} characters`),
  );
  routes.all("/api/jobs", requireApiPerson(services), (c) => c.json(c.var.person));
  routes.route("/", app);
  routes.onError((error, c) =>
    c.req.path.startsWith("/api")
      ? sendProblem(c, toHttpError(error))
      : answerError(error, c, services),
  );
  return routes;
}

beforeEach(async () => {
  database = await testDatabase();
  site = createWebApp(database);
  app = withTestRoutes(site);
});
afterEach(() => database.close());

describe("pages", () => {
  test("lead to the sign-in page and back", async () => {
    const answer = await new Browser(app).get("/jobs?status=active&q=a b");
    expect(answer.status).toBe(303);
    expect(answer.headers.get("location")).toBe(
      `/sign-in?next=${encodeURIComponent("/jobs?status=active&q=a%20b")}`,
    );
  });

  test("lead an open page there as a whole, and not the fragment it asked for", async () => {
    const answer = await new Browser(app).get("/jobs?fragment=1", {
      "hx-request": "true",
      "hx-current-url": "http://localhost/jobs/7?q=x",
    });
    expect(answer.status).toBe(401);
    expect(answer.headers.get("location")).toBeNull();
    expect(answer.headers.get("hx-redirect")).toBe(
      `/sign-in?next=${encodeURIComponent("/jobs/7?q=x")}`,
    );
  });

  test("lead back to the page of a form and not to its action", async () => {
    const referer = "http://localhost/jobs/new?type=x";
    const answer = await new Browser(app).post("/uploads", {}, { referer });
    expect(answer.headers.get("location")).toBe(
      `/sign-in?next=${encodeURIComponent("/jobs/new?type=x")}`,
    );
  });

  test("open for who is signed in", async () => {
    const browser = await signedUp(app);
    expect(await browser.text("/jobs")).toBe("jobs of Ada Lovelace");
  });

  test("open for a program's token to read, and for no form", async () => {
    await signedUp(app);
    const user = await site.accounts.findUser("ada@example.com");
    const token = await site.accounts.createToken(user!.id, "script");
    const headers = { authorization: `Bearer ${token}` };
    const read = await app.request("/jobs", { headers });
    expect(await read.text()).toBe("jobs of Ada Lovelace");
    const write = await app.request("/uploads", { method: "POST", headers });
    expect(write.status).toBe(303);
    expect((await app.request("/jobs", { method: "HEAD", headers })).status).toBe(200);
    const wrong = await app.request("/jobs", { headers: { authorization: "Bearer hw_no" } });
    expect(wrong.status).toBe(303);
  });
});

test("a refusal is told in words even with the database gone", async () => {
  const browser = await signedUp(app);
  await database.backend.close();
  const gone = createWebApp(database);
  const sent = new Browser(withTestRoutes(gone));
  for (const [name, value] of browser.cookies) sent.cookies.set(name, value);
  const refused = await sent.post("/sign-in", {}, { origin: "https://evil.example" });
  expect(refused.status).toBe(403);
  expect(await refused.text()).toContain("out of date");
});

describe("a body that is streamed", () => {
  async function upload(query: string, size = 1_000) {
    const browser = await signedUp(app);
    const token = csrfTokenOf(await browser.text("/settings"));
    const body = new FormData();
    body.set("file", new Blob(["x".repeat(size)]), "contacts.csv");
    return browser.send(`/uploads${query.replace("TOKEN", token)}`, { method: "POST", body });
  }

  test("carries its token in the query, and arrives whole, however large", async () => {
    for (const size of [1_000, 2_000_000]) {
      const answer = await upload("?token=TOKEN", size);
      expect(answer.status).toBe(200);
      expect(Number.parseInt(await answer.text(), 10)).toBeGreaterThan(size);
    }
  });

  test("is refused without it", async () => {
    expect((await upload("")).status).toBe(403);
    expect((await upload("?token=forged")).status).toBe(403);
  });
});

test("a form of any type may weigh 1 MB, also from a visitor", async () => {
  const browser = new Browser(app);
  const token = csrfTokenOf(await browser.text("/sign-in"));
  for (const body of [new FormData(), new URLSearchParams({ token })]) {
    body.set("email", "x".repeat(1_100_000));
    const answer = await browser.send(`/sign-in?token=${token}`, { method: "POST", body });
    expect(answer.status).toBe(413);
    expect(await answer.text()).toContain("This form is too large");
  }
});

describe("the API", () => {
  test("is open for a token", async () => {
    const browser = await signedUp(app);
    const { userId } = (await (await browser.get("/api/jobs", ours)).json()) as { userId: string };
    const token = await site.accounts.createToken(userId, "laptop");
    for (const scheme of ["Bearer", "bearer"]) {
      const program = new Browser(app);
      const headers = { authorization: `${scheme} ${token}`, origin: "https://elsewhere.example" };
      const answer = await program.send("/api/jobs", { method: "POST", headers });
      expect(await answer.json()).toMatchObject({ userId, sessionId: null });
    }
  });

  const ours = { "sec-fetch-site": "same-origin" };

  test.each<[string, Record<string, string>, number]>([
    ["and a page of ours asks", ours, 200],
    ["and a page of ours posts", { origin: "http://localhost" }, 200],
    ["and nobody says who asks", {}, 401],
    ["and it was typed into the address bar", { "sec-fetch-site": "none" }, 401],
    ["and another site asks", { origin: "https://evil.example" }, 401],
    ["and a wrong token is sent with it", { ...ours, authorization: "Bearer hw_wrong" }, 401],
    ["and a password is sent with it", { ...ours, authorization: "Basic YTpi" }, 401],
  ])("where there is a session %s", async (_, headers, status) => {
    const browser = await signedUp(app);
    expect((await browser.get("/api/jobs", headers)).status).toBe(status);
  });

  test("says in its own words what is missing", async () => {
    const answer = await new Browser(app).get("/api/jobs");
    expect(answer.status).toBe(401);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(answer.headers.get("www-authenticate")).toContain("Bearer");
    expect(await answer.json()).toMatchObject({ status: 401, title: "Unauthorized" });
  });
});
