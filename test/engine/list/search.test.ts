import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import type { Catalog } from "../../../server/catalog.ts";
import { cancel } from "../../../server/engine/cancel.ts";
import { listJobs } from "../../../server/engine/list/list.ts";
import { maxMatchesPerWord, searchJobs } from "../../../server/engine/list/search.ts";
import { start } from "../../../server/engine/start/start.ts";
import { defineJob, type Kind } from "../../../server/job.ts";
import { addAccount, backends, openTestBackend } from "../../support/backends.ts";
import { jobRow } from "../../support/job-row.ts";

const letter = defineJob({
  title: "Send a letter",
  description: "Sends it.",
  input: z.object({
    topic: z.string().default(""),
    password: z.string().meta({ secret: true }).default(""),
  }),
  steps: { Sending: 1 },
  run: async () => ({ message: "Sent" }),
});
const catalog: Catalog = new Map<string, Kind>([
  ["letter", letter as unknown as Kind],
  ["report", { ...letter, title: "Audience report" } as unknown as Kind],
]);

describe.each(backends)("job search on $name", (which) => {
  let opened: Awaited<ReturnType<typeof openTestBackend>>;
  const ids: Record<string, string> = {};
  const ada = { accountId: "account-1", userId: "ada" };
  const bob = { accountId: "account-1", userId: "bob" };
  const eve = { accountId: "account-2", userId: "eve" };

  async function add(name: string, who: typeof ada, topic: string, kind = "letter") {
    const request = { kind, input: { topic, password: "hunter2" }, ...who };
    ids[name] = (await start(opened.backend, catalog, request)).job.id;
  }

  beforeAll(async () => {
    opened = await openTestBackend(which);
    await addAccount(opened.backend, "account-2");
    await add("winter", ada, "Winter opening hours");
    await add("bakery", ada, "The bakery in winter");
    await add("bobs", bob, "Winter in Zürich");
    await add("eves", eve, "Winter");
    await add("report", ada, "letter of thanks", "report");
    await cancel({ backend: opened.backend, catalog }, ids.bakery!, "ada");
  });
  afterAll(() => opened.close());

  async function find(text: string, who: { accountId: string; userId?: string } = ada, more = {}) {
    const found = await searchJobs(opened.backend.db, catalog, who, text);
    const filter = { ...who, search: found, ...more };
    const { jobs } = await listJobs(opened.backend.db, filter, { limit: 50 });
    const names = new Map(Object.entries(ids).map(([name, id]) => [id, name]));
    return jobs.map(({ id }) => names.get(id) ?? id);
  }

  test("the search matches the beginnings of words and keeps the order of the list", async () => {
    expect(await find("winter")).toEqual(["winter", "bakery"]);
    expect(await find("WINT open")).toEqual(["winter"]);
    expect(await find("ter")).toEqual([]);
    expect(await find("winter nothing")).toEqual([]);
  });

  test("the search matches the title of the kind, the words of the job, or both", async () => {
    // "letter" is in the title of one kind and in a job of the other kind.
    expect(await find("letter")).toEqual(["report", "winter", "bakery"]);
    expect(await find("send bakery")).toEqual(["bakery"]);
    expect(await find("audience thanks")).toEqual(["report"]);
    expect(await find("audience winter")).toEqual([]);
  });

  test("the search obeys the scope and the other filters", async () => {
    expect(await find("zurich")).toEqual([]);
    expect(await find("zurich", { accountId: "account-1" })).toEqual(["bobs"]);
    expect(await find("winter", eve)).toEqual(["eves"]);
    expect(await find("winter", ada, { statuses: ["cancelled"] })).toEqual(["bakery"]);
    expect(await find("winter", ada, { kinds: ["report"] })).toEqual([]);
    expect(await find("letter", ada, { kinds: ["report"] })).toEqual(["report"]);
  });

  test("the search matches an id and its beginning among visible jobs", async () => {
    expect(await find(ids.winter!)).toEqual(["winter"]);
    expect(await find(ids.winter!.slice(0, 30).toUpperCase())).toEqual(["winter"]);
    expect(await find(ids.bobs!)).toEqual([]);
    expect((await find(ids.winter!.slice(0, 8))).includes("winter")).toBe(true);
  });

  test("the search never matches a secret", async () => {
    expect(await find("hunter2", { accountId: "account-1" })).toEqual([]);
  });

  test("the search returns the latest jobs of a frequent word and reports that it truncated them", async () => {
    const { db } = opened.backend;
    const rows = Array.from({ length: maxMatchesPerWord + 50 }, () =>
      jobRow({ user_id: "many", status: "done", finished_at: 5 }),
    );
    for (let from = 0; from < rows.length; from += 350) {
      const batch = rows.slice(from, from + 350);
      await db.insertInto("jobs").values(batch).execute();
      const words = batch.map(({ id }) => ({
        job_id: id,
        term: "people",
        account_id: "account-1",
        user_id: "many",
      }));
      await db.insertInto("job_search_terms").values(words).execute();
    }
    const who = { accountId: "account-1", userId: "many" };
    const found = await searchJobs(db, catalog, who, "peop");
    expect(found.truncated).toBe(true);
    const page = await listJobs(db, { ...who, search: found }, { limit: maxMatchesPerWord + 50 });
    expect(page.jobs).toHaveLength(maxMatchesPerWord);
    const latest = rows
      .map(({ id }) => id)
      .sort()
      .reverse();
    expect(page.jobs.map(({ id }) => id)).toEqual(latest.slice(0, maxMatchesPerWord));
    expect((await searchJobs(db, catalog, ada, "winter")).truncated).toBe(false);
  });
});
