/** The same fragments as the stream's, in one answer, for browsers that no stream gets through to. */
import type { Context } from "hono";
import { createFrames } from "../live/frames.ts";
import { createJobReader } from "../live/job-reader.ts";
import { newJobs } from "../live/new-jobs.ts";
import type { Topic } from "../live/topics.ts";
import type { Env, Services } from "../services.ts";

export async function pollAnswer(
  c: Context<Env>,
  services: Services,
  topics: readonly Topic[],
  cursors: ReadonlyMap<string, number>,
): Promise<Response> {
  const { backend, catalog, render } = services;
  const reader = createJobReader(services);
  const frames = createFrames({ catalog, render, reader });
  const now = backend.now();
  const watched = topics.filter((topic) => topic.kind !== "list");
  const rows = watched.length > 0 ? await reader.rows(watched.map((topic) => topic.id)) : [];
  const fragments: string[] = [];
  const steps = await reader.stepsOf(rows.map(({ id }) => id));
  for (const row of rows) {
    const view = frames.view(row, steps.get(row.id) ?? [], now);
    const kinds = watched.filter((topic) => topic.id === row.id).map((topic) => topic.kind);
    if (kinds.includes("row")) fragments.push(frames.row(view));
    if (!kinds.includes("job")) continue;
    fragments.push(frames.panel(view));
    fragments.push(await frames.result(row, now));
    const lines = await reader.lines(row.id, cursors.get(row.id) ?? 0);
    if (lines.length > 0) fragments.push(frames.lines(row.id, lines));
  }
  const active = rows.filter((row) => row.finished_at === null);
  const watchesList = topics.some((topic) => topic.kind === "list");
  c.header(
    "X-Poll-After",
    String(
      pollAfter(
        active.map((row) => now - row.created_at),
        watchesList,
      ),
    ),
  );
  const added = await newJobs(backend.db, c.var.person, topics);
  if (added.length > 0) c.header("X-New-Jobs", added.join(","));
  c.header("Cache-Control", "no-store");
  return c.html(fragments.join("\n"));
}

/**
 * A young job is asked after often, an old one rarely; what is over never again.
 * @returns seconds, 0 to stop
 */
function pollAfter(ages: number[], watchesList: boolean): number {
  if (ages.length === 0) return watchesList ? 10 : 0;
  const youngest = Math.min(...ages);
  return Math.min(30, Math.max(1, Math.round(youngest / 15_000)));
}
