import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Stopped } from "../../../server/engine/run/run.ts";
import type { JobJson } from "../../../server/routes/api/job-schema.ts";
import { type Api, apiServer, type Member } from "../../support/api-server.ts";
import { backends } from "../../support/backends.ts";
import { eventTypes } from "../../support/job-row.ts";

const actions = ["cancel", "pause", "resume", "start-now", "retry"];

describe.each(backends)("$name", (which) => {
  let api: Api;
  let ada: Member;
  let grace: Member;
  beforeAll(async () => {
    api = await apiServer(which);
    [ada, grace] = await Promise.all([api.join("ada"), api.join("grace")]);
  });
  afterAll(() => api.close());
  beforeEach(async () => void (await api.backend.db.deleteFrom("jobs").execute()));

  async function act(id: string, action: string, status = 200): Promise<JobJson> {
    const answer = await ada.post(`/jobs/${id}/${action}`);
    expect(answer.status).toBe(status);
    return (await answer.json()) as JobJson;
  }

  test("a queued job is cancelled at once", async () => {
    const id = await ada.start("counting");
    const expected = {
      id,
      status: "cancelled",
      cancellable: false,
      completed_at: expect.any(String),
    };
    expect(await act(id, "cancel")).toMatchObject(expected);
  });

  test("a running job is asked to stop once, and stops", async () => {
    const id = await ada.start("stepping", { pause: 1_000 });
    const abort = new AbortController();
    const running = api.runNext(abort);
    await expect.poll(async () => (await api.job(id)).current_step).toBe(0);
    const requested = await act(id, "cancel");
    expect(requested).toMatchObject({ status: "running", cancellable: false });
    expect(requested.cancel_requested_at).not.toBeNull();
    const again = await act(id, "cancel");
    expect(again.cancel_requested_at).toBe(requested.cancel_requested_at);
    const types = await eventTypes(api.backend, id);
    expect(types.filter((type) => type === "cancel_requested")).toHaveLength(1);
    abort.abort(new Stopped("cancel"));
    await running;
    expect((await api.job(id)).status).toBe("cancelled");
  });

  test("a job can be paused and resumed", async () => {
    const id = await ada.start("counting");
    expect(await act(id, "pause")).toMatchObject({ status: "paused", cancellable: true });
    expect(await act(id, "resume")).toMatchObject({ status: "queued", reason: "resumed" });
    await api.runNext();
    expect((await api.job(id)).status).toBe("done");
  });

  test("a scheduled job can be started now", async () => {
    const body = { type: "counting", run_at: new Date(Date.now() + 86_400_000).toISOString() };
    const { job_id } = (await (await ada.post("/jobs/start", body)).json()) as { job_id: string };
    await expect(api.runNext()).rejects.toThrow("No job is due");
    const due = await act(job_id, "start-now");
    expect(due.status).toBe("queued");
    expect((await act(job_id, "start-now")).version).toBe(due.version);
    await api.runNext();
    expect((await api.job(job_id)).status).toBe("done");
  });

  test("a finished job is not changed by any action", async () => {
    for (const kind of ["counting", "failing", "unstoppable"]) {
      const id = await ada.start(kind);
      await api.runNext();
      const before = await (await ada.send(`/jobs/${id}`)).json();
      for (const action of ["cancel", "pause", "resume"]) {
        expect(await act(id, action)).toEqual(before);
      }
    }
  });

  test("a job of a kind that is not cancellable is not cancelled", async () => {
    const id = await ada.start("unstoppable");
    expect(await act(id, "cancel", 409)).toMatchObject({ status: 409, title: "Conflict" });
    expect((await api.job(id)).status).toBe("queued");
  });

  test("a retry creates one new job that names the old one", async () => {
    const id = await ada.start("failing");
    await act(id, "retry", 409);
    await api.runNext();
    const answer = await ada.post(`/jobs/${id}/retry`);
    expect(answer.status).toBe(202);
    const job = (await answer.json()) as JobJson & { job_id: string };
    expect(job).toMatchObject({ type: "failing", status: "queued", retry_of: id, job_id: job.id });
    expect(job.id).not.toBe(id);
    expect(answer.headers.get("location")).toBe(`/api/jobs/${job.id}`);
    expect(answer.headers.get("retry-after")).toBe("1");
    expect((await act(id, "retry", 202)).id).toBe(job.id);
    expect((await api.job(id)).status).toBe("failed");
  });

  test("a retry can be limited to the rejected rows", async () => {
    const body = "apple\n12\npear\n7\n";
    const uploaded = await ada.send("/uploads?name=fruit.txt", { method: "POST", body });
    const { upload_id } = (await uploaded.json()) as { upload_id: string };
    const id = await ada.start("picky", { upload_id });
    await api.runNext();
    const only = { only: "failed" };
    const answer = await ada.post(`/jobs/${id}/retry`, only);
    expect(answer.status).toBe(202);
    const job = (await answer.json()) as JobJson;
    expect(job).toMatchObject({
      retry_of: id,
      status: "queued",
      metadata: { note: "second try" },
    });
    expect(job.metadata.upload_id).not.toBe(upload_id);
    const twice = (await (await ada.post(`/jobs/${id}/retry`, only)).json()) as JobJson;
    expect(twice.id).toBe(job.id);
    await api.runNext();
    expect(await api.job(job.id)).toMatchObject({
      rejected: 2,
      subject: "fruit-rejected.txt",
    });
    expect((await act(id, "retry", 202)).id).not.toBe(job.id);

    const other = await ada.start("counting");
    expect((await ada.post(`/jobs/${other}/retry`, only)).status).toBe(409);
    await api.backend.db.deleteFrom("jobs").where("id", "=", other).execute();
    expect((await ada.post(`/jobs/${id}/retry`, { only: "some" })).status).toBe(422);
    expect((await grace.post(`/jobs/${id}/retry`, only)).status).toBe(404);
    for (const type of ["application/json", "application/x-www-form-urlencoded"]) {
      const nothing = { method: "POST", headers: { "content-type": type } };
      expect((await ada.send(`/jobs/${id}/retry`, nothing)).status).toBe(202);
    }
  });

  test.each(actions)("%s refuses fields that it does not know", async (action) => {
    const id = await ada.start("counting");
    const answer = await ada.post(`/jobs/${id}/${action}`, { reason: "late" });
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({ errors: { reason: "Unknown field" } });
    expect((await api.job(id)).status).toBe("queued");
  });

  test("a retry of only the rejected rows that is misspelt is no retry of all", async () => {
    const id = await ada.start("counting");
    await act(id, "cancel");
    for (const body of [{ Only: "failed" }, { only: "faild" }, { only: ["failed"] }]) {
      expect((await ada.post(`/jobs/${id}/retry`, body)).status).toBe(422);
    }
    expect(await api.backend.db.selectFrom("jobs").select("id").execute()).toHaveLength(1);
  });

  /** Makes the person a colleague of Ada, who also owns the account or does not. */
  async function colleague(name: string, role: "owner" | "member"): Promise<Member> {
    const joined = await api.join(name);
    await api.backend.db
      .updateTable("members")
      .set({ account_id: ada.accountId, role })
      .where("user_id", "=", joined.userId)
      .execute();
    return joined;
  }

  test("two people who retry a job at the same moment start one new job", async () => {
    const bo = await colleague("bo", "owner");
    for (let round = 0; round < 5; round++) {
      const id = await ada.start("counting");
      await act(id, "cancel");
      const answers = await Promise.all(
        [ada, bo, ada, bo].map((person) => person.post(`/jobs/${id}/retry`)),
      );
      expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202]);
      const jobs = (await Promise.all(answers.map((each) => each.json()))) as JobJson[];
      expect(new Set(jobs.map((job) => job.id)).size).toBe(1);
      const retries = api.backend.db.selectFrom("jobs").select("id").where("retry_of", "=", id);
      expect(await retries.execute()).toHaveLength(1);
    }
  });

  test("a retry of a job whose retry has failed returns the latest retry, which can be retried", async () => {
    const first = await ada.start("failing");
    await api.runNext();
    const second = (await act(first, "retry", 202)).id;
    await api.runNext();
    expect(await act(first, "retry", 202)).toMatchObject({ id: second, status: "failed" });
    const third = (await act(second, "retry", 202)).id;
    expect(third).not.toBe(second);
    for (const id of [first, second]) {
      expect(await act(id, "retry", 202)).toMatchObject({ id: third, status: "queued" });
    }
    const bo = await colleague("bo", "owner");
    await act(third, "cancel");
    const answer = await bo.post(`/jobs/${first}/retry`);
    expect(await answer.json()).toMatchObject({ id: third, status: "cancelled" });
    expect(await api.backend.db.selectFrom("jobs").select("id").execute()).toHaveLength(3);
  });

  test("a member is not shown the retry of their job that an owner has started", async () => {
    const carl = await colleague("carl", "member");
    const id = await carl.start("counting");
    expect((await carl.post(`/jobs/${id}/cancel`)).status).toBe(200);
    expect((await ada.post(`/jobs/${id}/retry`)).status).toBe(202);
    const answer = await carl.post(`/jobs/${id}/retry`);
    expect(answer.status).toBe(409);
    const { detail } = (await answer.json()) as { detail: string };
    expect(detail).toBe("Somebody else in your account has retried this job.");
  });

  test("a retry is rejected if the uploaded file was deleted", async () => {
    const uploaded = await ada.send("/uploads", { method: "POST", body: "a,b\n" });
    const { upload_id } = (await uploaded.json()) as { upload_id: string };
    const id = await ada.start("reading", { upload_id });
    await act(id, "cancel");
    await api.backend.db.deleteFrom("uploads").where("id", "=", upload_id).execute();
    const problem = {
      errors: { "metadata.upload_id": expect.stringContaining("Upload it again") },
    };
    expect(await act(id, "retry", 422)).toMatchObject(problem);
  });

  test("other people cannot act on a job", async () => {
    const id = await ada.start("counting");
    for (const action of actions) {
      expect((await grace.post(`/jobs/${id}/${action}`)).status).toBe(404);
      expect((await fetch(`${api.url}/api/jobs/${id}/${action}`, { method: "POST" })).status).toBe(
        401,
      );
    }
    const { cookie } = ada;
    const post = (origin: string) =>
      fetch(`${api.url}/api/jobs/${id}/cancel`, { method: "POST", headers: { cookie, origin } });
    expect((await post("https://elsewhere.example")).status).toBe(401);
    expect((await api.job(id)).version).toBe(1);
    expect((await post(api.url)).status).toBe(200);
  });
});
