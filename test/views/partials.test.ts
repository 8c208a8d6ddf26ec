import { describe, expect, test } from "vitest";
import { statuses } from "../../server/engine/status.ts";
import type { JobView } from "../../server/presenters/job.ts";
import { logLines, logOf } from "../../server/previews/examples/jobs/log.ts";
import { outputOf } from "../../server/previews/examples/jobs/output.ts";
import { emptyResult, result, resultOf } from "../../server/previews/examples/jobs/results.ts";
import { jobs } from "../../server/previews/examples/jobs.ts";
import { createRenderer } from "../../server/render.ts";
import { faults } from "./validator.ts";

const viewsDir = new URL("../../views", import.meta.url).pathname;
const views = createRenderer({ viewsDir, strict: true, cache: true });

/** Renders each live partial in each state, like the frames that open pages receive. */
function frames(oob: boolean): [name: string, root: string, html: string][] {
  const ofJob = (name: string, job: JobView): [string, string, string][] =>
    (["jobs/_row", "jobs/_panel", "jobs/_progress"] as const).map((partial) => [
      `${partial} ${name}`,
      `${partial.slice("jobs/_".length)}-${job.id}`,
      views.partial(partial, { ...job, oob }),
    ]);
  const { id } = jobs.done;
  return [
    ...Object.entries(jobs).flatMap(([name, job]) => ofJob(name, job)),
    [
      "jobs/_result",
      `result-${id}`,
      views.partial("jobs/_result", { ...resultOf(jobs.done, result), oob }),
    ],
    [
      "jobs/_result empty",
      `result-${id}`,
      views.partial("jobs/_result", { ...resultOf(jobs.done, emptyResult), oob }),
    ],
    [
      "jobs/_output",
      `output-${id}`,
      views.partial("jobs/_output", { ...outputOf(jobs.done, "A line\n<b>"), oob }),
    ],
    [
      "jobs/_output_text",
      `output-text-${id}`,
      views.partial("jobs/_output_text", { ...outputOf(jobs.done, "A line\n<b>"), oob }),
    ],
    [
      "jobs/_log_lines",
      `log-${id}`,
      views.partial("jobs/_log_lines", { ...logOf(id, logLines), oob }),
    ],
  ];
}

test("the examples cover every status and every display status", () => {
  const shown: Record<JobView["displayStatus"], true> = {
    scheduled: true,
    queued: true,
    retrying: true,
    resuming: true,
    waiting: true,
    running: true,
    pausing: true,
    paused: true,
    cancelling: true,
    done: true,
    "partly-done": true,
    "nothing-done": true,
    failed: true,
    cancelled: true,
  };
  expect(new Set(Object.values(jobs).map((job) => job.displayStatus))).toEqual(
    new Set(Object.keys(shown)),
  );
  for (const status of statuses) expect(views.exists(`jobs/status/${status}`)).toBe(true);
});

describe("live partials", () => {
  test.each(frames(true))(
    "the partial %s is one element with an id and a swap attribute",
    (_, root, html) => {
      expect(html.trim()).toMatch(new RegExp(`^<(\\w+) [^>]*id="${root}"[\\s\\S]*</\\1>$`));
      expect(html.slice(0, html.indexOf(">"))).toMatch(/ hx-swap-oob=("true"|"beforeend"|true)/);
      expect(html.match(/hx-swap-oob/g)).toHaveLength(1);
    },
  );

  test.each(frames(false))(
    "the partial %s differs in a page only by the swap attribute",
    (name, _, html) => {
      const [, , sent = ""] = frames(true).find(([other]) => other === name) ?? [];
      expect(sent.replace(/ hx-swap-oob=("\w+"|true)/, "")).toBe(html);
    },
  );

  test.each(frames(true))(
    "the partial %s contains nothing of a viewer and nothing inline",
    (_, __, html) => {
      expect(html).not.toMatch(/<(form|input|select|script)\b|\sstyle=|\son\w+=|token/i);
      // Buttons submit the form around the row, which contains the viewer's token.
      expect(html.replaceAll(/<button [^>]*formaction="\/jobs\/[^"]+"/g, "")).not.toContain(
        "<button",
      );
    },
  );

  test.each(frames(true))("the partial %s is valid HTML with unique ids", async (_, __, html) => {
    expect(await faults(html)).toEqual([]);
  });
});

describe("the progress partial", () => {
  const renderProgress = (job: JobView): string =>
    views.partial("jobs/_progress", { ...job, oob: true });

  test("the progress partial uses less than 20 kB a minute at one frame a second", () => {
    const framing = "data:\n\n".length;
    expect(60 * (Buffer.byteLength(renderProgress(jobs.running)) + framing)).toBeLessThan(20_000);
  });

  test("the progress partial shows the percentage as text too", () => {
    expect(renderProgress(jobs.running)).toContain("value=0.42></progress> <b>42 %</b>");
  });

  test("the progress partial has a bar without a value if the total is unknown", () => {
    expect(renderProgress(jobs.unknownTotal)).toContain(
      "<progress aria-label=Progress></progress> <b>38,112 rows so far</b>",
    );
  });

  test("the progress partial has no bar before the job starts", () => {
    expect(renderProgress(jobs.queued)).not.toContain("<progress");
  });
});

test("the row and the panel contain the progress partial unchanged", () => {
  const progress = views.partial("jobs/_progress", { ...jobs.running, oob: false });
  expect(views.partial("jobs/_row", { ...jobs.running, oob: false })).toContain(progress);
  expect(views.partial("jobs/_panel", { ...jobs.running, oob: false })).toContain(progress);
});
