/** The question before a job is started a second time while the first is active. */
import type { Context } from "hono";
import { findUser } from "../../accounts/users.ts";
import type { JobRow } from "../../backend/schema.ts";
import { jobView } from "../../presenters/job.ts";
import { duplicatePage } from "../../presenters/job-form.ts";
import type { Env } from "../../services.ts";
import { layoutWithTray, type TrayServices } from "./tray.ts";

/**
 * Answers 409 with the active job and a form that repeats the request with `anyway`, which starts
 * another job.
 */
export async function confirmDuplicate(
  c: Context<Env>,
  services: TrayServices,
  active: JobRow,
): Promise<Response> {
  const { backend, catalog, jobs, render } = services;
  const [shown] = await jobs.withWaits([active]);
  const view = jobView(shown!, catalog.get(active.kind), [], backend.now());
  const sent = await fieldsToRepeat(c);
  const page = {
    layout: await layoutWithTray(c, services, {
      except: active.id,
      title: view.title,
      section: "new" as const,
      topics: [`row:${active.id}`],
      since: String(view.renderedAt),
    }),
    ...duplicatePage(view, await starterName(c, services, active), c.req.path, sent),
  };
  return c.html(render.page("jobs/duplicate", page), 409);
}

/** A retry needs no field: its input is that of the job in the path. */
async function fieldsToRepeat(c: Context<Env>): Promise<Record<string, string>> {
  const retried: JobRow | undefined = c.get("job");
  if (retried) return {};
  const { token: _, ...fields } = await c.req.parseBody();
  const texts = Object.entries(fields).filter(
    (each): each is [string, string] => typeof each[1] === "string",
  );
  return Object.fromEntries(texts);
}

async function starterName(
  c: Context<Env>,
  { backend }: TrayServices,
  job: JobRow,
): Promise<string> {
  if (job.user_id === c.var.person.userId) return "You";
  return (await findUser(backend, { id: job.user_id }))?.name ?? "A former member";
}
