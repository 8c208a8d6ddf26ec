/** What a job's page shows to its viewer alone, and is therefore in no frame. */
import type { Person } from "../../accounts/accounts.ts";
import { can } from "../../accounts/authorize.ts";
import { findUser } from "../../accounts/users.ts";
import type { JobRow } from "../../backend/schema.ts";
import type { Catalog } from "../../catalog.ts";
import { isFinal } from "../../engine/status.ts";
import { jobButtons } from "../../presenters/job-actions.ts";
import type { AboutView, HistoryView } from "../../presenters/jobs.ts";
import type { ActionsView } from "../../presenters/view-types.ts";
import type { Renderer } from "../../render.ts";
import type { Services } from "../../services.ts";
import { formatDateTime } from "../../text/dates.ts";
import { jobHistory } from "./job-history.ts";
import { describeInput } from "./job-input.ts";

const day = 86_400_000;

export interface ViewerParts {
  actions: ActionsView;
  history: HistoryView;
  about: AboutView;
}

/** @param token of the viewer's session, for the forms */
export async function viewerParts(
  services: Services,
  person: Person,
  job: JobRow,
  token: string,
): Promise<ViewerParts> {
  const { backend, catalog, config } = services;
  const { id, finished_at } = job;
  const kind = catalog.get(job.kind);
  const [lines, owner, input, retryOf] = await Promise.all([
    jobHistory(services, id, person.userId),
    ownerLine(services, person, job),
    describeInput(services, job),
    repeated(services, job),
  ]);
  return {
    actions: {
      id,
      buttons: can(person, "act", job) ? jobButtons(job, kind, backend.now()) : [],
      token,
      sound: isFinal(job.status) ? null : person.preferences.sound,
    },
    history: { id, lines },
    about: {
      id,
      owner,
      input,
      change: changeLink(catalog, job),
      keptUntil: finished_at ? formatDateTime(finished_at + config.retentionDays * day) : null,
      retryOf,
    },
  };
}

/** As an open page puts them in place of those that it has. */
export function renderViewerParts(render: Renderer, own: ViewerParts): string {
  return [
    render.partial("jobs/_actions", { ...own.actions, oob: true }),
    render.partial("jobs/_history", { ...own.history, oob: true }),
    render.partial("jobs/_about", { ...own.about, oob: true }),
  ].join("");
}

async function ownerLine({ backend }: Services, person: Person, job: JobRow): Promise<string> {
  if (job.user_id === person.userId) return "Started by you";
  const owner = await findUser(backend, { id: job.user_id });
  return owner ? `Started by ${owner.name}` : "Started by somebody who has left";
}

function changeLink(catalog: Catalog, { id, kind, status }: JobRow): AboutView["change"] {
  const known = catalog.get(kind);
  if (!known || known.listed === false) return null;
  const text = isFinal(status) ? "Change and run again" : "Start another like it";
  return { href: `/jobs/new/${kind}?from_job=${id}`, text };
}

async function repeated({ jobs }: Services, job: JobRow): Promise<AboutView["retryOf"]> {
  if (!job.retry_of) return null;
  const earlier = await jobs.get(job.retry_of);
  if (!earlier) return null;
  return {
    href: `/jobs/${earlier.id}`,
    text: `the one of ${formatDateTime(earlier.created_at).text}`,
  };
}
