import type { Context } from "hono";
import type { JobRow } from "../../backend/schema.ts";
import { isFinal } from "../../engine/status.ts";
import { pollInterval } from "../../live/poll-interval.ts";
import { refreshView } from "../../presenters/layout.ts";
import { outputView } from "../../presenters/output.ts";
import { noResults, resultView } from "../../presenters/result.ts";
import type { Env, Services } from "../../services.ts";
import { logView } from "./job-log.ts";
import { pathWithQuery } from "./layout.ts";
import { layoutWithTray } from "./tray.ts";
import { viewerParts } from "./viewer-parts.ts";

/** Reloading loses the scroll position, so a page reloads less often than scripts poll. */
const minRefreshSeconds = 2;

export async function jobPage(c: Context<Env>, services: Services, job: JobRow): Promise<string> {
  const { backend, catalog, render, jobs, frames } = services;
  const { person } = c.var;
  const kind = catalog.get(job.kind);
  const now = backend.now();
  const [steps, log, output, results] = await Promise.all([
    jobs.steps(job.id),
    logView(jobs, job, c.req.query()),
    job.output_length > 0 ? jobs.output(job.id, 0) : { from: 0, text: "", length: 0 },
    isFinal(job.status) ? jobs.results(job.id) : noResults,
  ]);
  const [shown] = await jobs.withWaits([job]);
  const view = frames.view(shown!, steps, now);
  const seconds = pollInterval(job, now, minRefreshSeconds);
  const layout = await layoutWithTray(c, services, {
    except: job.id,
    title: view.title,
    section: "jobs",
    topics: view.active || view.offers ? [`job:${job.id}`] : [],
    since: String(now),
    refresh: seconds === null ? null : refreshView(pathWithQuery(c), seconds),
  });
  return render.page("jobs/show", {
    layout,
    job: view,
    result: resultView(job, kind, results, now),
    output: outputView(shown!, kind, output, now),
    log,
    ...(await viewerParts(services, person, job, layout.token)),
  });
}
