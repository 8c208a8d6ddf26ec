/** Examples of partials beyond those that come with the examples of pages. */
import { statuses } from "../../engine/status.ts";
import type { JobView } from "../../presenters/job.ts";
import type { Partials } from "../../templates.ts";
import { logLines, logOf } from "./jobs/log.ts";
import { emptyResult, result, resultOf } from "./jobs/results.ts";
import { jobs } from "./jobs.ts";
import { layout } from "./layout.ts";

/** The data of each state by its name. */
export type States<Data> = Readonly<Record<string, Data>>;

const signedOut = { ...layout, section: null, person: null };
const inTray = [jobs.queued, jobs.rightToLeft, jobs.longWords];
const withTray = { ...layout, tray: { count: 120, countText: "99+", jobs: inTray } };
const body = "<h1>A page</h1><p>Its text</p>";
const live = mapStates(jobs, (job) => ({ ...job, oob: false }));

export const partials: { readonly [N in keyof Partials]?: States<Partials[N]> } = {
  layout: {
    signedIn: { ...layout, body },
    signedOut: { ...signedOut, body },
    message: { ...layout, body, flash: { tone: "good", text: "Token created" } },
    error: { ...layout, body, flash: { tone: "bad", text: "The database isn't responding" } },
  },
  "shared/_header": { signedIn: layout, signedOut, tray: withTray },
  "jobs/_row": live,
  "jobs/_panel": live,
  "jobs/_progress": live,
  "jobs/_timestamps": jobs,
  "jobs/_steps": mapStates(jobs, ({ steps }) => steps),
  "jobs/details": jobs,
  "jobs/result": {
    files: resultOf(jobs.done, result),
    nothing: resultOf(jobs.done, emptyResult),
  },
  "jobs/_log_lines": {
    lines: { ...logOf(jobs.running.id, logLines), oob: false },
    none: { ...logOf(jobs.running.id, []), oob: false },
  },
  "shared/_status_badge": jobs,
  ...Object.fromEntries(statuses.map((status) => [`jobs/status/${status}`, jobsWith(status)])),
};

/** Markup around partials that are a part of an element, such as a row of a table. */
export const surroundings: { readonly [N in keyof Partials]?: readonly [string, string] } = {
  "jobs/_row": ['<ol class="card job-list" role="list"><li>', "</li></ol>"],
  "jobs/_column_rows": ['<table class="table"><tbody>', "</tbody></table>"],
  "jobs/_result_file": ['<ul class="files" role="list">', "</ul>"],
  "shared/_options": ["<select>", "</select>"],
  "shared/_field_attributes": ["<input ", ">"],
};

function jobsWith(status: JobView["status"]): States<JobView> {
  return Object.fromEntries(Object.entries(jobs).filter(([, job]) => job.status === status));
}

function mapStates<A, B>(states: States<A>, change: (data: A) => B): States<B> {
  return Object.fromEntries(Object.entries(states).map(([name, data]) => [name, change(data)]));
}
