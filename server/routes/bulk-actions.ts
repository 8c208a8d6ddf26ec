/** POST /jobs/bulk: acts at once on the jobs that are selected in the list. */
import { type Context, Hono } from "hono";
import { can } from "../accounts/authorize.ts";
import type { JobRow } from "../backend/schema.ts";
import { type BulkAction, cancelMany, clearMany, retryMany } from "../engine/bulk.ts";
import { isJobId } from "../engine/job-id.ts";
import { type BulkActionName, bulkDoneText } from "../presenters/bulk.ts";
import type { Env, Services } from "../services.ts";
import { listArchiveEntries } from "../storage/archive-entries.ts";
import { formatCount } from "../text/counts.ts";
import { readFilter } from "./job-filter.ts";
import { isBulkAction } from "./page/bulk-page.ts";
import { setFlash } from "./page/flash.ts";
import { formField, formTexts } from "./page/form-fields.ts";
import { recordDownloads } from "./page/record-downloads.ts";
import { returnPath } from "./page/return-path.ts";
import { zipResponse } from "./page/zip-response.ts";

/** More than one page of the list. */
const maxIds = 200;

type Fields = Record<string, unknown>;

const actions: Record<Exclude<BulkActionName, "download">, BulkAction> = {
  cancel: cancelMany,
  clear: clearMany,
  retry: retryMany,
};

export function bulkActionRoutes(services: Services): Hono<Env> {
  const { backend, catalog, config } = services;
  const routes = new Hono<Env>();

  routes.post("/jobs/bulk", async (c) => {
    const fields = await c.req.parseBody({ all: true });
    const action = formField(fields, "action");
    if (formField(fields, "all") && isBulkAction(action)) {
      return c.redirect(confirmationHref(c, services, fields), 303);
    }
    const ids = selectedIds(fields);
    const jobs = await permittedJobs(c, services, ids);
    if (jobs.length === 0) return back(c, services, "plain", "Select at least one job.");
    if (!isBulkAction(action)) return back(c, services, "plain", "Choose an action.");
    if (action === "download") return downloadFiles(c, services, jobs);
    const by = c.var.person.userId;
    const context = { backend, catalog, by, since: backend.now(), limits: config.limits };
    const count = await actions[action](context, jobs);
    const statuses = jobs.map(({ status }) => status);
    return back(c, services, "good", bulkDoneText(action, count, statuses));
  });

  return routes;
}

/** The page that asks before the action is done with all jobs that match the filter of the form. */
function confirmationHref(c: Context<Env>, { backend, catalog }: Services, fields: Fields): string {
  const filter = readFilter(formTexts(fields), catalog, c.var.person, backend.now());
  const query = new URLSearchParams({ action: formField(fields, "action") });
  for (const { name, value } of filter.fields) query.set(name, value);
  return `/jobs/bulk?${query}`;
}

/** Leaves out jobs that the person may not act on or download from. */
async function permittedJobs(
  c: Context<Env>,
  { jobs }: Services,
  ids: string[],
): Promise<JobRow[]> {
  const { person } = c.var;
  const found = await jobs.getMany(ids);
  return found.filter((job) => can(person, "act", job) && can(person, "download", job));
}

async function downloadFiles(
  c: Context<Env>,
  services: Services,
  jobs: readonly JobRow[],
): Promise<Response> {
  const ids = jobs.map(({ id }) => id);
  const files = await listArchiveEntries(services, ids);
  if (files.length === 0) return back(c, services, "plain", "These jobs have no files.");
  const name = `Files of ${formatCount(jobs.length, "jobs")}.zip`;
  await recordDownloads(c, services, files, name);
  return zipResponse(c, name, files);
}

function back(
  c: Context<Env>,
  { config }: Services,
  tone: "good" | "plain",
  text: string,
): Response {
  setFlash(c, { tone, text }, config);
  return c.redirect(returnPath(c), 303);
}

function selectedIds(fields: Fields): string[] {
  const ids = [fields.ids ?? []].flat();
  return ids.filter((id): id is string => typeof id === "string" && isJobId(id)).slice(0, maxIds);
}
