import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { JobJson } from "../../../server/routes/api/job-schema.ts";
import { type Api, apiServer, type Member } from "../../support/api-server.ts";
import { backends } from "../../support/backends.ts";

type List = { jobs: JobJson[]; next_cursor: string | null };

const nobodys = "0198c5d2-7a41-7c3e-9f10-3b5a6c7d8e9f";
const anyTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

describe.each(backends)("$name", (which) => {
  let api: Api;
  let ada: Member;
  let grace: Member;
  /** A member of Ada's account who does not own it. */
  let anna: Member;
  beforeAll(async () => {
    api = await apiServer(which);
    [ada, grace, anna] = await Promise.all([api.join("ada"), api.join("grace"), api.join("anna")]);
    await api.backend.db
      .updateTable("members")
      .set({ account_id: ada.accountId, role: "member" })
      .where("user_id", "=", anna.userId)
      .execute();
  });
  afterAll(() => api.close());

  async function get<T = JobJson>(path: string, member = ada): Promise<T> {
    const answer = await member.send(path);
    expect(answer.status).toBe(200);
    return (await answer.json()) as T;
  }

  describe("one job", () => {
    test("a queued job is returned with its position and estimate", async () => {
      const id = await ada.start("counting");
      expect(await get(`/jobs/${id}`)).toEqual({
        id,
        type: "counting",
        subject: null,
        status: "queued",
        reason: null,
        progress_pct: null,
        progress_message: null,
        current_step: null,
        total_steps: 2,
        steps: [
          { name: "Looking", status: "waiting", started_at: null, completed_at: null },
          { name: "Counting", status: "waiting", started_at: null, completed_at: null },
        ],
        done: 0,
        total: null,
        succeeded: 0,
        rejected: 0,
        skipped: 0,
        unit: "sheep",
        created_at: anyTime,
        run_at: anyTime,
        started_at: null,
        completed_at: null,
        queue_position: 1,
        waiting_until: null,
        waiting_for: null,
        eta: null,
        estimated_duration_seconds: 40,
        outcome: null,
        files: [],
        result_url: null,
        data: null,
        output_url: null,
        error_message: null,
        advice: null,
        retries: 0,
        max_retries: 3,
        schedule_id: null,
        planned_at: null,
        retry_of: null,
        follow_ups: [],
        cancellable: true,
        cancel_requested_at: null,
        pause_requested_at: null,
        metadata: {},
        version: 1,
      });
      await ada.post(`/jobs/${id}/cancel`);
    });

    test("a done job is returned with its counts and result", async () => {
      const id = await ada.start("counting");
      await api.runNext();
      expect(await get(`/jobs/${id}`)).toMatchObject({
        status: "done",
        progress_pct: 100,
        progress_message: null,
        current_step: 2,
        steps: [
          { status: "done", started_at: anyTime, completed_at: anyTime },
          { status: "done", started_at: anyTime, completed_at: anyTime },
        ],
        done: 3,
        total: 3,
        succeeded: 2,
        rejected: 1,
        skipped: 0,
        started_at: anyTime,
        completed_at: anyTime,
        outcome: "Counted 2 of 3",
        files: [
          {
            name: "sheep.txt",
            role: "result",
            media_type: "text/plain",
            size: 12,
            url: expect.stringContaining(`/jobs/${id}/result?file=`),
          },
        ],
        result_url: `/jobs/${id}/result`,
        error_message: null,
        cancellable: false,
        estimated_duration_seconds: 1,
      });
    });

    test("a queued job moves up in the queue", async () => {
      const [first, second] = [await ada.start("counting"), await ada.start("counting")];
      const answer = await ada.send(`/jobs/${second}`);
      expect(await answer.json()).toMatchObject({ queue_position: 2, version: 1 });
      await ada.post(`/jobs/${first}/cancel`);
      const known = { "if-none-match": answer.headers.get("etag")! };
      const moved = await ada.send(`/jobs/${second}`, { headers: known });
      expect(moved.status).toBe(200);
      expect(await moved.json()).toMatchObject({ queue_position: 1, version: 1 });
      await ada.post(`/jobs/${second}/cancel`);
    });

    test("a waiting job is returned with its reason and subject", async () => {
      const id = await ada.start("counting");
      const now = api.backend.now();
      const waiting = {
        status: "running" as const,
        ...{ fence: 1, claimed_at: now, started_at: now, subject: "a.csv" },
        ...{ waiting_until: now + 60_000, waiting_for: "the service allows 10 a minute" },
      };
      const job = () => api.backend.db.updateTable("jobs").where("id", "=", id);
      await job().set(waiting).execute();
      expect(await get(`/jobs/${id}`)).toMatchObject({
        subject: "a.csv",
        queue_position: null,
        waiting_until: new Date(now + 60_000).toISOString(),
        waiting_for: "the service allows 10 a minute",
      });
      await job()
        .set({ waiting_until: now - 1 })
        .execute();
      expect(await get(`/jobs/${id}`)).toMatchObject({ waiting_until: null, waiting_for: null });
      await job().set({ status: "queued", fence: 0, claimed_at: null }).execute();
      await ada.post(`/jobs/${id}/cancel`);
    });

    test("a failed job is returned with its error", async () => {
      const id = await ada.start("failing");
      await api.runNext();
      expect(await get(`/jobs/${id}`)).toMatchObject({
        status: "failed",
        reason: "error",
        error_message: "The gate is shut",
        result_url: null,
        steps: [{ status: "stopped" }],
        cancellable: false,
      });
    });

    test("the secrets of a job's input are masked", async () => {
      const id = await ada.start("secretive", { user: "ada", password: "s3cret", hint: "s-hint" });
      const answer = await ada.send(`/jobs/${id}`);
      const text = await answer.text();
      expect(text).not.toMatch(/s3cret|s-hint/);
      const { metadata } = JSON.parse(text) as JobJson;
      expect(metadata).toEqual({ user: "ada", password: "********", hint: "********" });
      await ada.post(`/jobs/${id}/cancel`);
    });

    test("an expired file is no longer a result", async () => {
      const id = await ada.start("counting");
      await api.runNext();
      const tag = (await ada.send(`/jobs/${id}`)).headers.get("etag")!;
      await api.backend.db
        .updateTable("files")
        .set({ expires_at: api.backend.now() - 1 })
        .where("job_id", "=", id)
        .execute();
      const answer = await ada.send(`/jobs/${id}`, { headers: { "if-none-match": tag } });
      expect(answer.status).toBe(200);
      expect(await answer.json()).toMatchObject({ files: [], result_url: null });
    });

    test("an unchanged job is answered with 304", async () => {
      const id = await ada.start("counting");
      const first = await ada.send(`/jobs/${id}`);
      const tag = first.headers.get("etag")!;
      expect(tag).toMatch(/^(W\/)?"[^"]+"$/);
      expect(first.headers.get("cache-control")).toBe("no-cache, private");
      expect(Number(first.headers.get("retry-after"))).toBeGreaterThan(0);

      for (const known of [tag, tag.replace("W/", ""), `"other", ${tag}`, "*"]) {
        const headers = { "if-none-match": known };
        const again = await ada.send(`/jobs/${id}`, { headers });
        expect(again.status).toBe(304);
        expect(await again.text()).toBe("");
        expect(again.headers.get("etag")).toBe(tag);
        expect(again.headers.get("retry-after")).toBe("1");
      }
      await ada.post(`/jobs/${id}/cancel`);
      const changed = await ada.send(`/jobs/${id}`, { headers: { "if-none-match": tag } });
      expect(changed.status).toBe(200);
      expect(changed.headers.get("etag")).not.toBe(tag);
      expect(changed.headers.has("retry-after")).toBe(false);
    });

    test("a job is not found for other accounts and for other members", async () => {
      const mine = await ada.start("failing");
      const annas = await anna.start("failing");
      const status = async (member: Member, id: string) => {
        const answer = await member.send(`/jobs/${id}`);
        const body = await answer.json();
        if (answer.status !== 200) expect(body).toMatchObject({ status: 404, title: "Not Found" });
        return answer.status;
      };
      expect(await status(grace, mine)).toBe(404);
      expect(await status(anna, mine)).toBe(404);
      expect(await status(ada, annas)).toBe(200);
      for (const id of [nobodys, "x", "%00", `${mine}%00`, mine.toUpperCase()]) {
        expect(await status(ada, id)).toBe(404);
      }
    });
  });

  describe("many jobs", () => {
    test("more kinds than a query takes are refused", async () => {
      const answer = await ada.send(`/jobs?type=${Array(7_000).fill("a").join()}`);
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({ detail: "Ask for at most 100 kinds." });
      expect((await ada.send(`/jobs?type=${Array(100).fill("a").join()}`)).status).toBe(200);
    });

    test.each(["kinds", "statuses"])("a bulk job refuses too many %s", async (name) => {
      const until = new Date().toISOString();
      const selection = { until, [name]: Array(101).fill("done") };
      const answer = await ada.post("/jobs/start", {
        type: "bulk_cancel",
        metadata: { selection },
      });
      expect(answer.status).toBe(422);
      const errors = { [`metadata.selection.${name}`]: "Choose at most 100" };
      expect(await answer.json()).toMatchObject({ errors });
    });

    let eve: Member;
    let ended: string[];
    let waiting: string[];
    beforeAll(async () => {
      await api.backend.db.deleteFrom("jobs").execute();
      eve = await api.join("eve");
      ended = [];
      for (const kind of ["counting", "failing", "counting"]) {
        ended.unshift(await eve.start(kind));
        await api.runNext();
      }
      waiting = [await eve.start("failing"), await eve.start("counting")].reverse();
    });

    const ids = ({ jobs }: List) => jobs.map((job) => job.id);

    test("jobs are listed page by page, active jobs first", async () => {
      expect(ids(await get<List>("/jobs", eve))).toEqual([...waiting, ...ended]);
      const found: string[] = [];
      let cursor = "";
      for (let page = 0; page < 3; page++) {
        const query = cursor ? `&cursor=${encodeURIComponent(cursor)}` : "";
        const list = await get<List>(`/jobs?limit=2${query}`, eve);
        expect(list.jobs).toHaveLength(page < 2 ? 2 : 1);
        found.push(...ids(list));
        cursor = list.next_cursor ?? "";
      }
      expect(cursor).toBe("");
      expect(found).toEqual([...waiting, ...ended]);
    });

    test.each<[string, () => string[]]>([
      ["status=active", () => waiting],
      ["status=finished", () => ended],
      ["status=failed", () => [ended[1]!]],
      ["status=failed,active", () => [...waiting, ended[1]!]],
      ["type=counting", () => [waiting[0]!, ended[0]!, ended[2]!]],
      ["type=counting,failing&status=done", () => [ended[0]!, ended[2]!]],
      ["type=gone", () => []],
      ["q=coun", () => [waiting[0]!, ended[0]!, ended[2]!]],
      ["q=count&status=active", () => [waiting[0]!]],
      ["q=nothing", () => []],
      ["from=2020-01-01T00:00:00Z&status=failed", () => [ended[1]!]],
      ["to=2020-01-01T00:00:00%2B02:00", () => []],
    ])("jobs can be filtered by %s", async (query, expected) => {
      expect(ids(await get<List>(`/jobs?${query}`, eve))).toEqual(expected());
    });

    test("jobs are listed by ids in their order, without jobs of other people", async () => {
      const others = await grace.start("failing");
      const requested = [ended[2]!, others, nobodys, waiting[0]!, "x", "%00", ended[0]!];
      const list = await get<List>(`/jobs?ids=${requested.join(",")}`, eve);
      expect(ids(list)).toEqual([ended[2], waiting[0], ended[0]]);
      expect(list.next_cursor).toBeNull();
      expect(list.jobs[0]).toEqual(await get(`/jobs/${ended[2]}`, eve));
      expect(await get<List>("/jobs?ids=x,y", eve)).toEqual({ jobs: [], next_cursor: null });
    });

    test("only an owner lists the jobs of the whole account", async () => {
      const annas = await anna.start("failing");
      const seen = async (member: Member, scope: string) =>
        ids(await get<List>(`/jobs?scope=${scope}`, member)).includes(annas);
      expect(await seen(ada, "mine")).toBe(false);
      expect(await seen(ada, "account")).toBe(true);
      expect(await seen(anna, "account")).toBe(true);
      expect(await seen(eve, "account")).toBe(false);
      const adas = await ada.start("failing");
      expect(ids(await get<List>("/jobs?scope=account", anna))).not.toContain(adas);
    });

    test("a limit above the maximum is the maximum", async () => {
      expect(ids(await get<List>("/jobs?limit=100000", eve))).toHaveLength(5);
    });

    test.each([
      "limit=0",
      "limit=-1",
      "limit=many",
      "limit=1.5",
      "limit=1&limit=2",
      "status=over",
      "scope=all",
      `ids=${Array(201).fill(nobodys)}`,
    ])("the list is refused with %s", async (query) => {
      const answer = await eve.send(`/jobs?${query}`);
      expect(answer.status).toBe(422);
      const { errors } = (await answer.json()) as { errors: Record<string, string> };
      expect(Object.keys(errors)[0]).toMatch(new RegExp(`^${query.split("=")[0]}`));
    });
  });

  test("every request without a token is answered with 401", async () => {
    for (const path of ["/jobs", `/jobs/${nobodys}`, "/jobs/start", "/nothing"]) {
      const answer = await fetch(`${api.url}/api${path}`);
      expect(answer.status).toBe(401);
      expect(answer.headers.get("content-type")).toContain("application/problem+json");
    }
  });

  test("a page of the same origin needs no token", async () => {
    const read = (origin: string) =>
      fetch(`${api.url}/api/jobs`, { headers: { cookie: ada.cookie, origin } });
    expect((await read(api.url)).status).toBe(200);
    expect((await read("https://elsewhere.example")).status).toBe(401);
  });

  test("an unknown path is answered with 404 as a problem", async () => {
    const answer = await ada.send("/nothing");
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({
      title: "Not Found",
      detail: expect.stringContaining("/api/nothing"),
    });
  });
});
