import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { backends } from "../support/backends.ts";
import { openSite, type Site } from "../support/site.ts";

describe.each(backends)("unusual URLs and forms, on $name", (which) => {
  let site: Site;
  let person: Awaited<ReturnType<Site["join"]>>;
  beforeAll(async () => {
    site = await openSite(which);
    person = await site.join("ada");
  });
  afterAll(() => site.close());

  test.each([
    ["/jobs?status=constructor", 200],
    ["/jobs?type=constructor&status=__proto__", 200],
    ["/jobs?q=%00", 422],
    ["/jobs/new", 200],
    ["/jobs/%00", 422],
    ["/jobs/1", 404],
    ["/jobs/new/constructor", 404],
    ["/contacts?q=%00", 422],
    ["/contacts?job=1&after=x", 404],
    ["/contacts?after=x&before=y&sort=z&tag=%F0", 200],
    ["/contacts?sort=newest&after=x", 200],
    ["/%E0%A4%A", 404],
  ])("GET %s is answered with %i", async (path, status) => {
    expect((await person.browser.get(path)).status).toBe(status);
  });

  test.each(["type", "q", "cursor"])(
    "the API rejects a null character in %s as a problem",
    async (name) => {
      const headers = { "sec-fetch-site": "same-origin" };
      const answer = await person.browser.get(`/api/jobs?${name}=a%00`, headers);
      expect(answer.status).toBe(422);
      expect(answer.headers.get("content-type")).toBe("application/problem+json");
      const { errors } = (await answer.json()) as { errors: object };
      expect(Object.keys(errors)[0]!.split(".")[0]).toBe(name);
    },
  );

  test.each<[string, [string, string][], number]>([
    [
      "/jobs/bulk",
      [
        ["action", "constructor"],
        ["ids", "1"],
      ],
      303,
    ],
    [
      "/jobs/bulk",
      [
        ["action", "cancel"],
        ["ids", "\0"],
      ],
      422,
    ],
    [
      "/jobs",
      [
        ["type", "stepping"],
        ["idempotency_key", "\0"],
      ],
      422,
    ],
    ["/settings/tokens", [["name", "a\0b"]], 422],
    ["/settings/tokens/1/revoke", [], 404],
  ])("POST %s with %j is answered with %i", async (path, fields, status) => {
    expect((await person.post(path, fields)).status).toBe(status);
  });

  test("an unknown bulk action changes nothing", async () => {
    const id = await person.start("stepping");
    const answer = await person.post("/jobs/bulk", [
      ["action", "constructor"],
      ["ids", id],
    ]);
    expect(answer.status).toBe(303);
    expect(await person.browser.text("/jobs")).toContain("Choose an action");
  });
});
