/** The question before a job is started a second time while the first is active. */
import type { Context } from "hono";
import { findUser } from "../../accounts/users.ts";
import type { JobRow } from "../../backend/schema.ts";
import { jobView } from "../../presenters/job.ts";
import type { JobView } from "../../presenters/view-types.ts";
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
  const { backend, catalog, render } = services;
  const view = jobView(active, catalog.get(active.kind), [], backend.now());
  const page = {
    layout: await layoutWithTray(c, services, {
      except: active.id,
      title: view.title,
      section: "new" as const,
      topics: [`row:${active.id}`],
      since: String(view.renderedAt),
    }),
    heading:
      headings[active.status === "queued" ? view.displayStatus : active.status] ?? headings.queued!,
    who: await starterName(c, services, active),
    job: view,
    action: c.req.path,
    hidden: [...(await fieldsToRepeat(c)), { name: "anyway", value: "1" }],
  };
  return c.html(render.page("jobs/duplicate", page), 409);
}

/** A retry needs no field: its input is that of the job in the path. */
async function fieldsToRepeat(c: Context<Env>): Promise<{ name: string; value: string }[]> {
  const retried: JobRow | undefined = c.get("job");
  if (retried) return [];
  const { token: _, ...fields } = await c.req.parseBody();
  return Object.entries(fields).flatMap(([name, value]) =>
    typeof value === "string" ? [{ name, value }] : [],
  );
}

const headings: Partial<Record<JobView["displayStatus"], string>> = {
  running: "This job is already running",
  paused: "This job already exists and is paused",
  scheduled: "This job is already scheduled",
  queued: "This job is already queued",
};

async function starterName(
  c: Context<Env>,
  { backend }: TrayServices,
  job: JobRow,
): Promise<string> {
  if (job.user_id === c.var.person.userId) return "You";
  return (await findUser(backend, { id: job.user_id }))?.name ?? "Somebody who has left";
}
