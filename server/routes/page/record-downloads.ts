import { type DownloadedFile, recordDownloads as recordInJobs } from "../../engine/audit.ts";
import type { Services } from "../../services.ts";
import { actorOf } from "./actor.ts";
import type { RouteContext } from "./layout.ts";
import { recordSecurityEvent } from "./security-event.ts";

export type DownloadServices = Pick<Services, "accounts" | "backend" | "config">;

/**
 * Records a download in the history of each job and in the security log, each at most once an hour.
 * @param name of what was downloaded, for the security log
 */
export async function recordDownloads(
  c: RouteContext,
  services: DownloadServices,
  files: readonly DownloadedFile[],
  name: string,
): Promise<void> {
  const { person } = c.var;
  const recorded = await recordInJobs(services.backend, actorOf(person), files);
  if (recorded > 0) await recordSecurityEvent(c, services, "downloaded", person.userId, { name });
}
