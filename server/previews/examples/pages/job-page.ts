import type { JobView } from "../../../presenters/job.ts";
import { logLines, logOf } from "../jobs/log.ts";
import { outputOf } from "../jobs/output.ts";
import { emptyResult, result, resultOf, type StoredResult } from "../jobs/results.ts";
import { jobs } from "../jobs.ts";
import { layout, time } from "../layout.ts";
import type { PageExample, PageExamples } from "./page-example.ts";

const undo = { name: "undo", label: "Undo this import", icon: "undo" as const, asks: true };
const importNow = { name: "import", label: "Import now", icon: "import" as const, asks: false };

/** The page of each job. */
export const jobPages: PageExamples = {
  ...Object.fromEntries(
    Object.entries(jobs).map(([state, job]) => [`job-${kebabCase(state)}`, jobPage(job)]),
  ),
  "job-refresh-stopped": refreshStopped(jobPage(jobs.queued)),
  "job-done": jobPage(jobs.done, result),
  "job-exported": jobPage(jobs.exported, {
    ...emptyResult,
    files: [{ ...result.files[0]!, name: "contacts.csv", isMain: true, rows: "99,702 contacts" }],
  }),
};

function jobPage(job: JobView, left: StoredResult = emptyResult): PageExample {
  const refresh = { seconds: 4, checkHref: job.href, toggleHref: `${job.href}?refresh=off` };
  return {
    template: "jobs/show",
    data: {
      layout: {
        ...layout,
        title: job.title,
        topics: [`job:${job.id}`],
        refresh: job.active ? refresh : null,
      },
      job,
      output: outputOf(job, job === jobs.running ? "First line\n<b>second</b>\n\nthird" : ""),
      result: resultOf(job, left),
      log: logOf(job.id, job.started ? logLines : [], {
        follows: job.active,
        earlier: { href: `${job.href}?before=1#log`, hidden: job.status !== "failed" },
        level: job.status === "failed" ? "warn" : "",
        laterHref: job.status === "failed" ? `${job.href}?after=5#log` : null,
        newestHref: job.status === "failed" ? `${job.href}#log` : null,
      }),
      actions: {
        id: job.id,
        buttons: job.buttons,
        moveHref: job.status === "queued" ? `${job.href}/reschedule` : null,
        followUps: job.active ? [] : [undo, importNow],
        started: job.active
          ? []
          : [{ text: "Undone by you", at: time("14:40"), href: jobs.done.href }],
        mend: job.active
          ? null
          : {
              href: `${job.href}/rejected-rows`,
              label: "Fix 188 rejected rows",
              variant: "primary",
            },
        token: layout.token,
        sound: job.active ? false : null,
      },
      history: {
        id: job.id,
        lines: [
          { text: "You downloaded people.csv", at: time("14:31"), newJobHref: null },
          {
            text: "Grace Hopper retried this job",
            at: time("14:20"),
            newJobHref: jobs.running.href,
          },
          {
            text: "Ada Lovelace started this job via the API",
            at: time("14:03"),
            newJobHref: null,
          },
        ],
      },
      about: {
        id: job.id,
        owner: "Started by Ada Lovelace",
        input: [
          { label: "File", value: "autumn-fair.csv, 8.1 MB" },
          { label: "Existing contacts", value: "Update" },
          {
            label: "Tags",
            value: "friends, fair, <2026> and 3 more",
            lines: ["friends", "fair", "<2026>", "autumn", "vip", "berlin"],
          },
          { label: "Not after", value: "2026-11-23T07:00:00Z", time: time("07:00") },
          { label: "Checked by", value: "Check contacts, autumn-fair.csv", href: jobs.done.href },
        ],
        change: {
          href: `/jobs/new/${job.kind}?from_job=${job.id}`,
          text: job.active ? "Duplicate" : "Edit and run again",
        },
        deletedOn: job.active ? null : time(),
        retryOf:
          job.status === "failed" ? { href: jobs.cancelled.href, text: "the job of Nov 22" } : null,
        schedule:
          job.status === "done"
            ? { href: "/schedules/0198c5d2-1a41-7c3e-9f10-3b5a6c7d8e9f", text: "every weekday" }
            : null,
      },
    },
  };
}

/** The page after the person has stopped its reloads. */
function refreshStopped({ template, data }: PageExample): PageExample {
  const refresh = { seconds: null, checkHref: "/jobs?refresh=off", toggleHref: "/jobs" };
  return { template, data: { ...data, layout: { ...data.layout, refresh } } } as PageExample;
}

/** @returns "unknown-total" of "unknownTotal" */
function kebabCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
