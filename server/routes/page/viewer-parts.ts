/** Reads and renders the parts of a job's page that depend on its viewer, and so are in no frame. */
import type { Person } from "../../accounts/accounts.ts";
import { can } from "../../accounts/authorize.ts";
import { findUser, listUserNames } from "../../accounts/users.ts";
import type { JobRow } from "../../backend/schema.ts";
import { type ActionsView, actionsView } from "../../presenters/job-actions.ts";
import { type HistoryView, historyView } from "../../presenters/job-history.ts";
import { type AboutView, aboutView, uploadIds } from "../../presenters/job-page.ts";
import type { Renderer } from "../../render.ts";
import type { Services } from "../../services.ts";
import { findUpload } from "../../storage/uploads.ts";

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
  const [history, owner, uploadNames, retryOf] = await Promise.all([
    readHistory(services, job.id, person.userId),
    isOwn ? undefined : findUser(backend, { id: job.user_id }),
    readUploadNames(services, uploadIds(job, kind)),
    job.retry_of ? jobs.get(job.retry_of) : undefined,
  ]);
  const mayAct = can(person, "act", job);
  const { sound } = person.preferences;
  return {
    actions: actionsView(job, kind, { mayAct, token, sound }, backend.now()),
    history,
    about: aboutView(job, kind, {
      ownerName: owner?.name ?? null,
      isOwn,
      uploadNames,
      retryOf,
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

async function readHistory(
  { backend, jobs }: Services,
  jobId: string,
  viewerId: string,
): Promise<HistoryView> {
  const entries = await jobs.audit(jobId, maxHistoryLines);
  const otherIds = entries.map(({ user_id }) => user_id).filter((id) => id !== viewerId);
  return historyView(jobId, entries, await listUserNames(backend, otherIds), viewerId);
}

async function readUploadNames(
  { backend }: Services,
  ids: readonly string[],
): Promise<Map<string, string>> {
  const uploads = await Promise.all(ids.map((id) => findUpload(backend, id)));
  return new Map(uploads.flatMap((upload) => (upload ? [[upload.id, upload.name]] : [])));
}
