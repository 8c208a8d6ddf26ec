/** Asked before a job is started a second time while the first is active. */
import { findUser } from "../../accounts/users.ts";
import type { JobRow } from "../../backend/schema.ts";
import { jobView } from "../../presenters/job.ts";
import type { JobView } from "../../presenters/view-types.ts";
import type { Handled } from "../page/layout.ts";
import { layoutWithTray, type TrayServices } from "../page/tray.ts";

/**
 * Answers 409.
 * @param again where the form was sent, and with what; sent there anew with `anyway` it starts another
 */
export async function alreadyPage(
  c: Handled,
  services: TrayServices,
  job: JobRow,
  again: { action: string; sent: Readonly<Record<string, string | undefined>> },
) {
  const { backend, catalog, render } = services;
  const view = jobView(job, catalog.get(job.kind), [], backend.now());
  const sent = Object.entries({ ...again.sent, anyway: "1" });
  const data = {
    layout: await layoutWithTray(c, services, {
      except: job.id,
      title: view.title,
      section: "new" as const,
      topics: [`row:${job.id}`],
      since: String(view.renderedAt),
    }),
    heading:
      headings[job.status === "queued" ? view.displayStatus : job.status] ?? headings.queued!,
    who: await whoStarted(c, services, job),
    job: view,
    action: again.action,
    hidden: sent.flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }])),
  };
  return c.html(render.page("jobs/duplicate", data), 409);
}

const headings: Partial<Record<JobView["displayStatus"], string>> = {
  running: "This job is running already",
  paused: "This job is there already, and paused",
  scheduled: "This job is scheduled already",
  queued: "This job is waiting already",
};

async function whoStarted(c: Handled, { backend }: TrayServices, job: JobRow): Promise<string> {
  if (job.user_id === c.var.person.userId) return "You";
  return (await findUser(backend, { id: job.user_id }))?.name ?? "Somebody who has left";
}
