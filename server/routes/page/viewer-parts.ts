/** Reads and renders the parts of a job's page that depend on its viewer, and so are in no frame. */

import { can } from "../../accounts/authorize.ts";
import type { Person } from "../../accounts/person.ts";
import { findUser, listUserNames } from "../../accounts/users.ts";
import type { AuditRow, JobRow } from "../../backend/schema.ts";
import { type ActionsView, actionsView } from "../../presenters/job-actions.ts";
import { type HistoryView, historyView } from "../../presenters/job-history.ts";
import { type AboutView, aboutView, jobIds, uploadIds } from "../../presenters/job-page.ts";
import { type StartedFollowUp, startedFollowUps } from "../../presenters/started-follow-ups.ts";
import type { Renderer } from "../../render.ts";
import type { Services } from "../../services.ts";
import { findUpload } from "../../storage/uploads.ts";
import { listJobTitles } from "./job-titles.ts";

const maxHistoryLines = 100;

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
  const { backend, catalog, config, jobs } = services;
  const kind = catalog.get(job.kind);
  const isOwn = job.user_id === person.userId;
  const entries = await jobs.audit(job.id, maxHistoryLines);
  const names = await readNames(services, entries, person.userId);
  const [started, owner, uploadNames, jobTitles, retryOf, schedule] = await Promise.all([
    readStarted(services, entries),
    isOwn ? undefined : findUser(backend, { id: job.user_id }),
    readUploadNames(services, uploadIds(job, kind)),
    listJobTitles(person, services, jobIds(job, kind)),
    job.retry_of ? jobs.get(job.retry_of) : undefined,
    job.schedule_id ? services.schedules.get(job.schedule_id) : undefined,
  ]);
  const mayAct = can(person, "act", job);
  const { sound } = person.preferences;
  const nameOf = (id: string) =>
    id === person.userId ? "you" : (names.get(id) ?? "a former member");
  return {
    actions: actionsView(
      job,
      kind,
      { mayAct, token, sound },
      startedFollowUps(started, kind, nameOf),
      backend.now(),
    ),
    history: historyView(job.id, entries, names, person.userId),
    about: aboutView(job, kind, {
      ownerName: owner?.name ?? null,
      isOwn,
      uploadNames,
      jobTitles,
      retryOf,
      schedule,
      retentionDays: config.retentionDays,
    }),
  };
}

/** For an open page, which replaces the parts that it has. */
export function renderViewerParts(render: Renderer, parts: ViewerParts): string {
  return [
    render.partial("jobs/_actions", { ...parts.actions, oob: true }),
    render.partial("jobs/_history", { ...parts.history, oob: true }),
    render.partial("jobs/_about", { ...parts.about, oob: true }),
  ].join("");
}

function readNames(
  { backend }: Services,
  entries: readonly AuditRow[],
  viewerId: string,
): Promise<ReadonlyMap<string, string>> {
  const otherIds = entries.map(({ user_id }) => user_id).filter((id) => id !== viewerId);
  return listUserNames(backend, otherIds);
}

async function readStarted(
  { jobs }: Services,
  entries: readonly AuditRow[],
): Promise<StartedFollowUp[]> {
  const started = entries.filter(
    ({ action, new_job_id }) => action === "followed_up" && new_job_id,
  );
  return Promise.all(
    started.map(async (entry) => ({ entry, job: await jobs.get(entry.new_job_id!) })),
  );
}

export async function readUploadNames(
  { backend }: Pick<Services, "backend">,
  ids: readonly string[],
): Promise<Map<string, string>> {
  const uploads = await Promise.all(ids.map((id) => findUpload(backend, id)));
  return new Map(uploads.flatMap((upload) => (upload ? [[upload.id, upload.name]] : [])));
}
