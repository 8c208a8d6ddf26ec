/** The part of a kind's own in the card of a job's result. */
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { emptyResult, resultOf } from "../../server/previews/examples/jobs/results.ts";
import { jobs } from "../../server/previews/examples/jobs.ts";
import { createRenderer, type Renderer } from "../../server/render.ts";

let viewsDir: string;
let views: Renderer;

beforeAll(async () => {
  viewsDir = await mkdtemp(join(tmpdir(), "headway-views-"));
  await cp(new URL("../../views", import.meta.url), viewsDir, { recursive: true });
  await mkdir(join(viewsDir, "jobs/totals"));
  const own = `<%/* it: ResultView<{ total: number }, { month: string }> */%>
    <h2><%= it.status %> <%= it.message %></h2>
    <p><%= it.data ? it.data.total : "no total" %> in <%= it.input.month %>, <%= it.files.length %> files</p>`;
  await writeFile(join(viewsDir, "jobs/totals/result.eta"), own);
  views = createRenderer({ viewsDir, strict: true, cache: true });
});

afterAll(() => rm(viewsDir, { recursive: true }));

const shown = (job: keyof typeof jobs, data: unknown) => {
  const view = { ...resultOf(jobs[job], { ...emptyResult, data }), kind: "totals" };
  return views.partial("jobs/_result", { ...view, input: { month: "May" }, oob: false });
};

test.each(["done", "failed", "cancelled"] as const)(
  "a kind's own result is shown for a job that is %s, with its message, input and data",
  (status) => {
    const job = jobs[status];
    const data = status === "done" ? { total: 12 } : null;
    const html = shown(status, data);
    expect(html).toContain(`<h2>${status} `);
    expect(html).toContain(`${data ? 12 : "no total"} in May, 0 files`);
    expect(job.outcome || job.error).not.toBe("");
  },
);

test("a kind's own result is not shown before the job has ended", () => {
  expect(shown("running", null)).not.toContain("<h2>");
});
