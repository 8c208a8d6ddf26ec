/** One job's page, put together for its viewer. */
import type { Context } from "hono";
import type { Person } from "../../accounts/accounts.ts";
import { can } from "../../accounts/authorize.ts";
import { findUser } from "../../accounts/users.ts";
import type { JobRow } from "../../backend/schema.ts";
import type { Catalog } from "../../catalog.ts";
import { withPlaces } from "../../jobs/forecast/place-in-line.ts";
import { buttons } from "../../jobs/shown/buttons.ts";
import { moment } from "../../jobs/shown/format.ts";
import { nothingLeft, resultView } from "../../jobs/shown/result-view.ts";
import type { ActionsView } from "../../jobs/shown/view-types.ts";
import { isFinal } from "../../jobs/status.ts";
import type { Frames } from "../../live/frames.ts";
import { createJobReader } from "../../live/job-reader.ts";
import type { JobPage } from "../../pages/jobs.ts";
import type { Env, Services } from "../../services.ts";
import { refreshView } from "../page/refresh.ts";
import { layoutWithTray } from "../page/tray.ts";
import { historyOf } from "./job-history.ts";
import { inputFacts } from "./job-input.ts";
import { logView } from "./job-log.ts";

const day = 86_400_000;

export async function jobPage(
  c: Context<Env>,
  services: Services,
  frames: Frames,
  job: JobRow,
): Promise<string> {
  const { backend, catalog, config, render } = services;
  const { person } = c.var;
  const reader = createJobReader(services);
  const kind = catalog.get(job.kind);
  const now = backend.now();
  const [steps, log, results] = await Promise.all([
    reader.steps(job.id),
    logView(backend, job, c.req.query()),
    isFinal(job.status) ? reader.results(job.id) : nothingLeft,
  ]);
  const [shown] = await withPlaces(backend, [job]);
  const view = frames.view(shown!, steps, now);
  const layout = await layoutWithTray(c, services, {
    except: job.id,
    title: view.title,
    section: "jobs",
    topics: view.active ? [`job:${job.id}`] : [],
    since: String(now),
    refresh: view.active ? refreshView(c, refreshSeconds(job, now)) : null,
  });
  return render.page("jobs/show", {
    layout,
    job: view,
    result: {
      ...resultView(job, kind?.unit ?? "items", results, now),
      id: job.id,
      kind: job.kind,
      opens: kind?.opensResult === true,
      version: job.version,
      renderedAt: now,
    },
    log,
    actions: actionsView(person, catalog, job, layout.token, now),
    owner: await ownerText(services, person, job),
    input: await inputFacts(services, job),
    change: changeLink(catalog, job),
    history: await historyOf(services, job.id, person.userId),
    keptUntil: job.finished_at ? moment(job.finished_at + config.retentionDays * day) : null,
    retryOf: await repeated(services, job),
  });
}

/**
 * A page without JavaScript is reloaded less often the longer the job runs; of what is to start later
 * nothing changes before its time.
 */
function refreshSeconds({ created_at, run_at }: JobRow, now: number): number {
  const seconds = Math.max((now - created_at) / 20_000, (run_at - now) / 1_000);
  return Math.min(30, Math.max(2, Math.round(seconds)));
}

export function actionsView(
  person: Person,
  catalog: Catalog,
  job: JobRow,
  token: string,
  now: number,
): ActionsView {
  const kind = catalog.get(job.kind);
  return {
    id: job.id,
    buttons: can(person, "act", job) ? buttons(job, kind, now) : [],
    token,
    sound: isFinal(job.status) ? null : person.preferences.sound,
  };
}

async function ownerText({ backend }: Services, person: Person, job: JobRow): Promise<string> {
  if (job.user_id === person.userId) return "Started by you";
  const owner = await findUser(backend, { id: job.user_id });
  return owner ? `Started by ${owner.name}` : "Started by somebody who has left";
}

function changeLink(catalog: Catalog, { id, kind, status }: JobRow): JobPage["change"] {
  const known = catalog.get(kind);
  if (!known || known.listed === false) return null;
  const text = isFinal(status) ? "Change and run again" : "Start another like it";
  return { href: `/jobs/new/${kind}?from_job=${id}`, text };
}

async function repeated({ backend }: Services, job: JobRow): Promise<JobPage["retryOf"]> {
  if (!job.retry_of) return null;
  const earlier = await backend.db
    .selectFrom("jobs")
    .select(["id", "created_at"])
    .where("id", "=", job.retry_of)
    .executeTakeFirst();
  if (!earlier) return null;
  return { href: `/jobs/${earlier.id}`, text: `the one of ${moment(earlier.created_at).text}` };
}
