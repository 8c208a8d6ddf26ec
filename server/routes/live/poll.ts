/**
 * GET /live without an event stream: the fragments that a stream would send, in one answer, for
 * browsers behind proxies that let no stream through.
 */
import { createHash } from "node:crypto";
import type { Context } from "hono";
import { can } from "../../accounts/authorize.ts";
import type { JobSummaryRow } from "../../engine/job-summary.ts";
import { listCreatedJobs } from "../../live/created-jobs.ts";
import { listPollSeconds, pollInterval } from "../../live/poll-interval.ts";
import { createPolledCounts, createPolledJobs } from "../../live/polled-parts.ts";
import { jobIdsOf, type Topic } from "../../live/topics.ts";
import type { Env, Services } from "../../services.ts";

/**
 * An answer has `X-Poll-After` (seconds until the next poll, 0 to stop), `ETag` (names everything
 * but log lines; a browser that has it gets 304) and `X-New-Jobs` (ids created since the page was
 * rendered). Log lines come behind the cursors of the page.
 */
export function createPollHandler(services: Services) {
  const { backend, jobs: reader, frames } = services;
  const now = () => backend.now();
  const polledJobs = createPolledJobs({ reader, frames, now });
  const polledCounts = createPolledCounts({ reader, frames, now });

  return async (
    c: Context<Env>,
    topics: readonly Topic[],
    cursors: ReadonlyMap<string, number>,
  ): Promise<Response> => {
    const { person } = c.var;
    const jobs = await polledJobs.rows([...new Set(jobIdsOf(topics))]);
    // A job that the person may not see is left out as if it did not exist.
    const rows = jobs.filter((job) => can(person, "see", job));
    const createdIds = await listCreatedJobs(reader, person, topics);
    const counts = await polledCounts(topics, person);
    const tag = tagOf([
      ...topics.map(({ kind }) => kind),
      ...rows.map((row) => `${row.id}.${polledJobs.stateOf(row)}`),
      ...createdIds,
      ...counts.map(({ state }) => state),
    ]);
    const withNewLines = rows.filter((row) => hasNewLines(row, topics, cursors));

    c.header("Cache-Control", "private, no-cache, no-transform");
    c.header("ETag", tag);
    c.header("X-Poll-After", String(pollAfter(rows, topics, now())));
    if (withNewLines.length === 0 && c.req.header("if-none-match") === tag) {
      return c.body(null, 304);
    }
    if (createdIds.length > 0) c.header("X-New-Jobs", createdIds.join(","));
    const parts = await Promise.all([
      ...(await jobParts(topics, rows)),
      ...counts.map(({ html }) => html),
      ...withNewLines.map(({ id }) => logLines(id, cursors.get(id) ?? 0)),
    ]);
    return c.html(parts.join("\n"));
  };

  async function jobParts(topics: readonly Topic[], rows: readonly JobSummaryRow[]) {
    const fragments = await polledJobs.fragments(rows);
    return topics.map((topic) => {
      if (topic.kind === "list") return "";
      const job = fragments.get(topic.id);
      return topic.kind === "job" ? job?.page() : job?.row();
    });
  }

  async function logLines(id: string, after: number): Promise<string> {
    const lines = await reader.logTail(id, after);
    return lines.length > 0 ? frames.logLines(id, lines) : "";
  }
}

/** Log lines are shown on a job's page alone. */
function hasNewLines(
  { id, log_seq }: JobSummaryRow,
  topics: readonly Topic[],
  cursors: ReadonlyMap<string, number>,
): boolean {
  if (log_seq <= (cursors.get(id) ?? 0)) return false;
  return topics.some((topic) => topic.kind === "job" && topic.id === id);
}

/** Weak, because the fragments of one state may differ in their bytes. */
function tagOf(parts: readonly string[]): string {
  return `W/"${createHash("sha1").update(parts.join()).digest("base64url")}"`;
}

/** @returns seconds until the first of the topics is due; 0 to stop: all jobs are final */
function pollAfter(rows: readonly JobSummaryRow[], topics: readonly Topic[], now: number): number {
  const intervals = rows.flatMap((row) => pollInterval(row, now) ?? []);
  if (topics.some(({ kind }) => kind === "list")) intervals.push(listPollSeconds);
  return intervals.length === 0 ? 0 : Math.min(...intervals);
}
