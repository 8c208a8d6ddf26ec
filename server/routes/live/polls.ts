/** The same fragments as the stream's, in one answer, for browsers that no stream gets through to. */
import { createHash } from "node:crypto";
import type { Context } from "hono";
import { can } from "../../accounts/authorize.ts";
import type { JobSummaryRow } from "../../engine/job-summary.ts";
import { listNewJobs } from "../../live/newcomers.ts";
import { listPollSeconds, pollInterval } from "../../live/poll-interval.ts";
import { createPolledCounts } from "../../live/polled-counts.ts";
import { createPolledJobs } from "../../live/polled-jobs.ts";
import type { Topic } from "../../live/topics.ts";
import type { Env, Services } from "../../services.ts";

type Poll = (
  c: Context<Env>,
  topics: readonly Topic[],
  cursors: ReadonlyMap<string, number>,
) => Promise<Response>;

/**
 * Each answer says when to come back (`X-Poll-After`, seconds, 0 for never) and names what it shows
 * (`ETag`): who has that already gets no body. Log lines are told behind those that the page has.
 */
export function createPolls(services: Services): Poll {
  const { backend, jobs: reader, frames } = services;
  const now = () => backend.now();
  const jobs = createPolledJobs({ reader, frames, now });
  const countsOf = createPolledCounts({ reader, frames, now });

  return async (c, topics, cursors) => {
    const { person } = c.var;
    const watched = topics.filter((topic) => topic.kind !== "list");
    // A job that one may not see is as if it were not.
    const read = await jobs.rows([...new Set(watched.map(({ id }) => id))]);
    const rows = read.filter((row) => can(person, "see", row));
    const added = await listNewJobs(reader, person, topics);
    const counts = await countsOf(topics, person);
    const states = rows.map((row) => `${row.id}.${jobs.stateOf(row)}`);
    const tag = tagOf([
      ...topics.map(({ kind }) => kind),
      ...states,
      ...added,
      ...counts.map(({ state }) => state),
    ]);
    const pages = new Set(watched.filter(({ kind }) => kind === "job").map(({ id }) => id));
    const talking = rows.filter(({ id, log_seq }) => {
      return pages.has(id) && log_seq > (cursors.get(id) ?? 0);
    });

    c.header("Cache-Control", "private, no-cache, no-transform");
    c.header("ETag", tag);
    c.header("X-Poll-After", String(pollAfter(rows, topics, now())));
    if (talking.length === 0 && c.req.header("if-none-match") === tag) return c.body(null, 304);
    if (added.length > 0) c.header("X-New-Jobs", added.join(","));
    const shown = await jobs.show(rows);
    const parts = watched.map(({ kind, id }) => {
      return kind === "job" ? shown.get(id)?.page() : shown.get(id)?.row();
    });
    for (const { html } of counts) parts.push(html);
    const lines = talking.map(({ id }) => linesBehind(id, cursors.get(id) ?? 0));
    return c.html((await Promise.all([...parts, ...lines])).join("\n"));
  };

  async function linesBehind(id: string, after: number): Promise<string> {
    const lines = await reader.logTail(id, after);
    return lines.length > 0 ? frames.lines(id, lines) : "";
  }
}

/** Weak: what it names may be written in other bytes. */
function tagOf(parts: readonly string[]): string {
  return `W/"${createHash("sha1").update(parts.join()).digest("base64url")}"`;
}

/** @returns seconds until the first of the topics is due; 0 to stop: all jobs are final */
function pollAfter(rows: readonly JobSummaryRow[], topics: readonly Topic[], now: number): number {
  const intervals = rows.flatMap((row) => pollInterval(row, now) ?? []);
  if (topics.some(({ kind }) => kind === "list")) intervals.push(listPollSeconds);
  return intervals.length === 0 ? 0 : Math.min(...intervals);
}
