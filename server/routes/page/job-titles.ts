import { can } from "../../accounts/authorize.ts";
import { isJobId } from "../../engine/job-id.ts";
import type { Services } from "../../services.ts";
import type { RouteContext } from "./layout.ts";

/** @returns "Import contacts, people.csv" of each job that the person may see, by id */
export async function listJobTitles(
  c: RouteContext,
  { catalog, jobs }: Pick<Services, "catalog" | "jobs">,
  ids: Iterable<string>,
): Promise<Map<string, string>> {
  const rows = await jobs.getMany([...new Set(ids)].filter(isJobId));
  const seen = rows.filter((row) => can(c.var.person, "see", row));
  return new Map(
    seen.map(({ id, kind, subject }) => [
      id,
      [catalog.get(kind)?.title ?? kind, subject].filter(Boolean).join(", "),
    ]),
  );
}
