import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { recordDownloads } from "../../../server/engine/audit.ts";
import { type Api, apiServer, type Member } from "../../support/api-server.ts";
import { backends } from "../../support/backends.ts";

interface Line {
  action: string;
  by: { id: string; name: string | null };
  via: string;
  file_name: string | null;
  new_job_id: string | null;
}

describe.each(backends)("the audit API on $name", (which) => {
  let api: Api;
  let ada: Member;
  let grace: Member;
  beforeAll(async () => {
    api = await apiServer(which);
    [ada, grace] = await Promise.all([api.join("ada"), api.join("grace")]);
  });
  afterAll(() => api.close());

  async function auditOf(id: string): Promise<Line[]> {
    const answer = await ada.send(`/jobs/${id}/audit`);
    expect(answer.status).toBe(200);
    return ((await answer.json()) as { audit: Line[] }).audit;
  }

  test("the audit log lists the actions of a person's programs, latest first", async () => {
    const body = { type: "counting", run_at: new Date(Date.now() + 86_400_000).toISOString() };
    const { job_id } = (await (await ada.post("/jobs/start", body)).json()) as { job_id: string };
    for (const action of ["start-now", "pause", "resume", "cancel", "cancel"]) {
      expect((await ada.post(`/jobs/${job_id}/${action}`)).status).toBe(200);
    }
    const again = (await (await ada.post(`/jobs/${job_id}/retry`)).json()) as { job_id: string };
    const lines = await auditOf(job_id);
    expect(lines.map(({ action }) => action).sort()).toEqual(
      ["cancelled", "paused", "resumed", "retried", "started", "started_now"].sort(),
    );
    const by = { id: ada.userId, name: "ada" };
    for (const line of lines) expect(line).toMatchObject({ by, via: "api", file_name: null });
    expect(lines.find(({ action }) => action === "retried")?.new_job_id).toBe(again.job_id);
    expect(await auditOf(again.job_id)).toMatchObject([{ action: "started", new_job_id: null }]);
  });

  test("the audit log keeps people who have left and is hidden from people who may not see the job", async () => {
    const id = await ada.start("counting");
    const file = { jobId: id, fileId: "file-1", fileName: "sheep.txt" };
    await recordDownloads(api.backend, { userId: "gone", via: "page" }, [file]);
    const lines = await auditOf(id);
    expect(lines.find(({ action }) => action === "downloaded")).toMatchObject({
      by: { id: "gone", name: null },
      via: "page",
      file_name: "sheep.txt",
    });
    expect((await grace.send(`/jobs/${id}/audit`)).status).toBe(404);
  });
});
