import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { defineJob, type Kind } from "../server/job.ts";
import { settingsOf } from "../server/kind-settings.ts";
import { backends } from "./support/backends.ts";
import { openSite, type Site } from "./support/site.ts";

afterEach(() => vi.unstubAllEnvs());

const key = "sk-1234567890";

/** @param run gets the key */
function sending(
  run: (key: string, log: (text: string) => void) => Promise<string> = async (given) => given,
) {
  return defineJob({
    title: "Push",
    description: "Sends messages.",
    input: z.object({}),
    env: z.object({ PUSH_KEY: z.string(), PUSH_PORT: z.coerce.number().default(443) }),
    steps: { Sending: 1 },
    retryAfter: [],
    async run(job) {
      // The types of the settings are those of the schema.
      const { PUSH_KEY, PUSH_PORT }: { PUSH_KEY: string; PUSH_PORT: number } = job.env;
      return { message: `${await run(PUSH_KEY, job.log)} at ${PUSH_PORT}` };
    },
  });
}

describe("the settings of a kind", () => {
  test("are parsed from the environment", () => {
    vi.stubEnv("PUSH_KEY", key);
    vi.stubEnv("PUSH_PORT", "8443");
    const settings = settingsOf(sending());
    expect(settings.values).toEqual({ PUSH_KEY: key, PUSH_PORT: 8443 });
    expect(settings.missing).toEqual([]);
  });

  test("that are empty or wrong are named, without their values", () => {
    vi.stubEnv("PUSH_KEY", "");
    vi.stubEnv("PUSH_PORT", "many-and-more");
    const { missing, problems } = settingsOf(sending());
    expect(missing).toEqual(["PUSH_KEY", "PUSH_PORT"]);
    expect(problems[0]).toBe("PUSH_KEY is not set");
    expect(problems[1]).toMatch(/^PUSH_PORT: /);
    expect(problems.join()).not.toContain("many-and-more");
  });
});

describe.each(backends)("a kind with settings on $name", (which) => {
  let site: Site;
  let ada: Awaited<ReturnType<Site["join"]>>;
  const open = async (kind: ReturnType<typeof sending>) => {
    site = await openSite(which, new Map([["push", kind as unknown as Kind]]));
    ada = await site.join("ada");
  };
  beforeEach(() => vi.unstubAllEnvs());
  afterEach(() => site.close());

  const lastJob = () => site.backend.db.selectFrom("jobs").selectAll().executeTakeFirstOrThrow();

  test("is listed with what it needs, and cannot be started by a page or the API", async () => {
    await open(sending());
    expect(await ada.browser.text("/jobs/new")).toContain("Needs PUSH_KEY");
    const form = await ada.browser.text("/jobs/new/push");
    expect(form).toContain("This kind of job needs PUSH_KEY. Whoever runs Headway has to set it.");
    expect(form).toMatch(/id="submit" type="submit" disabled>/);
    const page = await ada.post("/jobs", [["type", "push"]]);
    expect(page.status).toBe(409);
    expect(await page.text()).toContain("This kind of job needs PUSH_KEY.");
    await expect(ada.start("push")).rejects.toThrow("Missing settings: PUSH_KEY");
    expect(await site.backend.db.selectFrom("jobs").selectAll().execute()).toEqual([]);
  });

  test("gets its settings, and no log, outcome or error shows a secret", async () => {
    vi.stubEnv("PUSH_KEY", key);
    const shown = sending(async (given, log) => {
      log(`Sending with ${given}`);
      return `Sent with ${given}`;
    });
    await open(shown);
    expect(await ada.browser.text("/jobs/new")).not.toContain("Needs");
    await ada.start("push");
    await site.runNext();
    const job = await lastJob();
    expect(job.outcome).toBe("Sent with [PUSH_KEY] at 443");
    const page = await ada.browser.text(`/jobs/${job.id}`);
    expect(page).toContain("Sending with [PUSH_KEY]");
    expect(page).not.toContain(key);
  });

  test("fails without showing a secret that is in its error", async () => {
    vi.stubEnv("PUSH_KEY", key);
    const cause = new Error(`GET https://push.example/?key=${key}`);
    let thrown: Error | undefined;
    await open(
      sending(async (given) => {
        thrown = new Error(`The service refused ${given}`, { cause });
        throw thrown;
      }),
    );
    await ada.start("push");
    await site.runNext();
    expect(await lastJob()).toMatchObject({
      status: "failed",
      error: "The service refused [PUSH_KEY]",
    });
    // The log of the process writes the stack and the causes.
    expect(`${thrown!.stack} ${cause.stack} ${cause.message}`).not.toContain(key);
  });

  test("fails at once in a worker that lacks the setting, and says what to do", async () => {
    vi.stubEnv("PUSH_KEY", key);
    const kind = sending();
    await open(kind);
    await ada.start("push");
    vi.unstubAllEnvs();
    site.catalog satisfies ReadonlyMap<string, Kind>;
    (site.catalog as Map<string, Kind>).set("push", sending() as unknown as Kind);
    await site.runNext();
    expect(await lastJob()).toMatchObject({
      status: "failed",
      reason: "refused",
      error: "The worker needs PUSH_KEY",
    });
  });
});
