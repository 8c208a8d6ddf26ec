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

/** Adds routes in front of the application that answer with the person of the middleware. */
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
  test("redirect to the sign-in page, which leads back", async () => {
    const answer = await new Browser(app).get("/jobs?status=active&q=a b");
    expect(answer.status).toBe(303);
    expect(answer.headers.get("location")).toBe(
      `/sign-in?next=${encodeURIComponent("/jobs?status=active&q=a%20b")}`,
    );
  });

  test("redirect the whole page when a fragment is requested without a session", async () => {
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

  test("lead back to the page of a form and not to its action URL", async () => {
    const referer = "http://localhost/jobs/new?type=x";
    const answer = await new Browser(app).post("/uploads", {}, { referer });
    expect(answer.headers.get("location")).toBe(
      `/sign-in?next=${encodeURIComponent("/jobs/new?type=x")}`,
    );
  });

  test("open for a signed-in person", async () => {
    const browser = await signedUp(app);
    expect(await browser.text("/jobs")).toBe("jobs of Ada Lovelace");
  });

  test("are not opened by an API token, which is told so as a problem", async () => {
    await signedUp(app);
    const user = await site.accounts.findUser("ada@example.com");
    const token = await site.accounts.createToken(user!.id, "script");
    const headers = { authorization: `Bearer ${token}` };
    const wrong = { authorization: "Bearer hw_no" };
    for (const method of ["GET", "HEAD", "POST"]) {
      for (const path of ["/jobs", "/settings/tokens", "/contacts"]) {
        const answer = await app.request(path, { method, headers });
        expect(answer.status, `${method} ${path}`).toBe(403);
        expect(answer.headers.get("content-type")).toBe("application/problem+json");
      }
      expect((await app.request("/jobs", { method, headers: wrong })).status).toBe(401);
    }
  });

  test("redirect a browser that sends the password of a proxy to the sign-in page", async () => {
    const answer = await new Browser(app).get("/jobs", { authorization: "Basic YTpi" });
    expect(answer.status).toBe(303);
  });
});

test("a rejected form is explained even while the database is closed", async () => {
  const browser = await signedUp(app);
  await database.backend.close();
  const gone = createWebApp(database);
  const sent = new Browser(withTestRoutes(gone));
  for (const [name, value] of browser.cookies) sent.cookies.set(name, value);
  const refused = await sent.post("/sign-in", {}, { origin: "https://evil.example" });
  expect(refused.status).toBe(403);
  expect(await refused.text()).toContain("out of date");
});

describe("a streamed upload", () => {
  async function upload(size: number, headers: Record<string, string> = {}) {
    const browser = await signedUp(app);
    const body = new FormData();
    body.set("file", new Blob(["x".repeat(size)]), "contacts.csv");
    return browser.send("/uploads", { method: "POST", headers, body });
  }

  test("arrives whole at any size", async () => {
    for (const size of [1_000, 2_000_000]) {
      const answer = await upload(size);
      expect(answer.status).toBe(200);
      expect(Number.parseInt(await answer.text(), 10)).toBeGreaterThan(size);
    }
  });

  test("is rejected if another site sends it", async () => {
    expect((await upload(1_000, { origin: "https://evil.example" })).status).toBe(403);
  });
});

test("a form of any type is limited to 1 MB, also without a session", async () => {
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
  test("accepts an API token", async () => {
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
    ["from a page of this site", ours, 200],
    ["from a form of this site", { origin: "http://localhost" }, 200],
    ["from an unknown origin", {}, 401],
    ["from the address bar", { "sec-fetch-site": "none" }, 401],
    ["from another site", { origin: "https://evil.example" }, 401],
    ["with a wrong token too", { ...ours, authorization: "Bearer hw_wrong" }, 401],
    ["with a password too", { ...ours, authorization: "Basic YTpi" }, 401],
  ])("answers a request with a session %s", async (_, headers, status) => {
    const browser = await signedUp(app);
    expect((await browser.get("/api/jobs", headers)).status).toBe(status);
  });

  test("answers 401 as problem+json and asks for a bearer token", async () => {
    const answer = await new Browser(app).get("/api/jobs");
    expect(answer.status).toBe(401);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(answer.headers.get("www-authenticate")).toContain("Bearer");
    expect(await answer.json()).toMatchObject({ status: 401, title: "Unauthorized" });
  });
});
