/**
 * The baseline of the dashboard: `node:http`, the SQLite driver with the same query on the same file,
 * and a template literal for each row. The HTML around the rows is that of our page. It has no
 * sign-in, no router and no security headers.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import Database from "better-sqlite3";
import { jobSummaryColumns } from "../../server/engine/job-summary.ts";
import { serveCalls } from "../support/program.ts";

export type BareDashboard = typeof bareDashboard;

interface Job {
  id: string;
  kind: string;
  status: string;
  outcome: string | null;
  error: string | null;
  message: string | null;
  version: number;
  created_at: number;
  started_at: number | null;
  finished_at: number | null;
  step_done: number;
  step_total: number;
  progress: number;
  succeeded: number;
  rejected: number;
}

const bareDashboard = serveCalls({
  /** @param given.page our page, for the HTML around the rows. @returns the port */
  async listen({ file, page }: { file: string; page: string }): Promise<number> {
    const database = new Database(file, { readonly: true });
    const member = database.prepare("select account_id, user_id from members").get() as {
      account_id: string;
      user_id: string;
    };
    const list = database.prepare(listed);
    const counts = database.prepare(counted);
    const steps = database.prepare(stepsOf);
    const begin = page.indexOf("<li>");
    const end = page.lastIndexOf("</li>") + "</li>".length;
    const [before, after] = [page.slice(0, begin), page.slice(end)];

    const server = createServer((_request, response) => {
      const now = Date.now();
      const owner = { 1: member.account_id, 2: member.user_id };
      const jobs = list.all(owner) as Job[];
      const shownSteps = jobs.filter(({ status }) => status === "paused" || status === "failed");
      steps.all(JSON.stringify(shownSteps.map(({ id }) => id)));
      const rows = jobs.map((job) => row(job, now)).join("");
      const html =
        before.replace(statusCounts, countsOf(counts.get(owner) as Counts, now)) + rows + after;
      response.setHeader("content-type", "text/html; charset=utf-8");
      response.setHeader("content-length", Buffer.byteLength(html));
      response.end(html);
    });
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    return (server.address() as AddressInfo).port;
  },
});

/** The same queries as ours: the page, the counts, and the steps of some jobs. */
const ranges = [
  ...["running", "paused", "queued"].map(
    (status, rank) => `select id, ${9e15 - rank} as sort from jobs
      where account_id = ?1 and user_id = ?2 and status = '${status}' and finished_at is null
      order by id desc limit 51`,
  ),
  ...["done", "failed", "cancelled"].map(
    (status) => `select id, finished_at as sort from jobs
      where account_id = ?1 and user_id = ?2 and status = '${status}'
      and finished_at is not null and hidden_at is null
      order by finished_at desc, id desc limit 51`,
  ),
];
const columns = jobSummaryColumns.map((name) => `jobs.${name}`).join(", ");
const listed = `select ${columns} from (
    ${ranges.map((range) => `select * from (${range}) as part`).join(" union all ")}
    order by sort desc, id desc limit 51
  ) as place join jobs on jobs.id = place.id order by place.sort desc, place.id desc`;

type Counts = Record<string, number>;
const counted = `select ${["running", "paused", "queued", "done", "failed", "cancelled"].map(
  (status, place) => `(select count(*) from (select 1 from jobs
    where account_id = ?1 and user_id = ?2 and status = '${status}' and
    ${place < 3 ? "finished_at is null" : "finished_at is not null and hidden_at is null"}
    limit 10001) as part) as ${status}`,
)}`;
const stepsOf = `select * from job_steps
  where job_id in (select value from json_each(?)) order by position`;

/** The status counts of our page. */
const statusCounts = /<p class="status-counts"[\s\S]*?<\/p>/;

function countsOf(counts: Counts, now: number): string {
  const links = Object.entries(counts).map(([status, count]) =>
    count > 0
      ? `<a class="${status}" id="count-${status}" href="/jobs?status=${status}">${number(count)} ${status}</a> `
      : "",
  );
  return `<p class="status-counts" id="counts-mine" data-version="0" data-time="${now}">${links.join("")}</p>`;
}

function row(job: Job, now: number): string {
  const id = escaped(job.id);
  const title = "Import contacts";
  const created = formatDateTime(job.created_at);
  const when = formatDateTime(job.finished_at ?? job.started_at ?? job.created_at);
  return `<li><input type="checkbox" name="ids" value="${id}" id="pick-${id}" aria-label="Select ${title}, ${escaped(created.text)}"><div class="job-row ${job.status}" id="row-${id}" data-version="${job.version}" data-time="${now}">
  <span class="kind-icon"><svg class="icon" aria-hidden="true"><use href="#icon-import"></use></svg></span>
  <a class="name" id="open-${id}" href="/jobs/${id}">${title}</a>
  <span class="status-badge ${job.status}"><svg class="icon" aria-hidden="true"><use href="#icon-check-circle"></use></svg><span>${escaped(label(job))}</span></span>
  ${job.finished_at === null ? progress(job, now) : `<p>${escaped(job.outcome ?? job.error ?? "")}</p><small class="duration">took ${seconds(job.finished_at - job.started_at!)}</small>`}
  <time datetime="${when.iso}">${escaped(when.text)}</time>
  ${more(job, id, title)}
</div></li>`;
}

/** The details of an opened row. */
function more(job: Job, id: string, title: string): string {
  const ended =
    job.finished_at === null ? "" : timestamp("Finished", formatDateTime(job.finished_at));
  return `<details class="job-details" id="details-${id}">
<summary id="details-toggle-${id}" aria-label="Details of ${title}"><svg class="icon" aria-hidden="true"><use href="#icon-chevron-down"></use></svg></summary>
<div>
${note(job)}<dl class="item-counts">
<div class="succeeded"><dt>done</dt><dd>${number(job.succeeded)}</dd></div><div class="rejected"><dt>rejected</dt><dd>${number(job.rejected)}</dd></div></dl>
<p class="timestamps">
${timestamp("Created", formatDateTime(job.created_at))}
${timestamp("Started", formatDateTime(job.started_at!))} ${ended} <span>Took ${seconds(job.step_done)}</span></p><p class="buttons">
${buttons(job)
  .map(([path, label, icon, variant]) => button(id, path!, label!, icon!, variant!))
  .join(" ")} <a href="/jobs/${id}#log">Log</a>
</p>
<div id="tail-${id}" hx-preserve></div>
</div>
</details>`;
}

function timestamp(label: string, when: { iso: string; text: string }): string {
  return `<span>${label} <time datetime="${when.iso}">${escaped(when.text)}</time></span>`;
}

function note({ status, step_done, step_total }: Job): string {
  if (status === "paused")
    return `<p class="text-xs text-muted">Paused. Resume to continue where it stopped.</p>`;
  if (status !== "failed") return "";
  const where = `${number(step_done)} of ${number(step_total!)} rows`;
  return `<p class="text-xs text-muted">Failed in step 2 of 2: Saving contacts, after ${where}.</p>`;
}

function buttons({ status, rejected: count }: Job): string[][] {
  const again = ["retry", status === "failed" ? "Retry" : "Run again", "refresh", ""];
  if (status === "failed") return [again];
  const rejected = ["retry-rejected", `Retry ${number(count)} rejected rows`, "refresh", ""];
  if (status === "done") return [rejected, again];
  return [
    ["resume", "Resume", "play", "primary"],
    ["cancel", "Cancel", "x-circle", "danger"],
  ];
}

function button(id: string, path: string, label: string, icon: string, variant: string): string {
  return `<button type="submit" class="btn ${variant}" id="${path}-${id}" formaction="/jobs/${id}/${path}?stay"><svg class="icon" aria-hidden="true"><use href="#icon-${icon}"></use></svg> ${escaped(label)}</button>`;
}

function progress(job: Job, now: number): string {
  const percent = Math.floor(job.progress * 100);
  const amount = `${number(job.step_done)} of ${number(job.step_total)} rows`;
  return `<div id="progress-${escaped(job.id)}" data-version=${job.version} data-time=${now}><progress aria-label=Progress value=${percent / 100}></progress> <b>${percent} %</b> <p>${escaped(`${amount} · ${job.message}`)} <i>${seconds(now - job.started_at!)}</i></p></div>`;
}

function label(job: Job): string {
  if (job.status === "done") return job.rejected > 0 ? "Done with rejects" : "Done";
  return job.status === "failed" ? "Failed" : "Paused";
}

const numbers = new Intl.NumberFormat("en");
const dateTimeFormat = new Intl.DateTimeFormat("en-US", {
  hourCycle: "h23",
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  timeZone: "UTC",
});

function number(value: number): string {
  return numbers.format(value);
}

function seconds(ms: number): string {
  return `${Math.floor(ms / 1_000)} s`;
}

function formatDateTime(at: number): { iso: string; text: string } {
  return { iso: new Date(at).toISOString(), text: `${dateTimeFormat.format(at)} UTC` };
}

const escapes: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

function escaped(text: string): string {
  return /[&<>"]/.test(text) ? text.replace(/[&<>"]/g, (sign) => escapes[sign]!) : text;
}
