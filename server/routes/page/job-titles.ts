import { can } from "../../accounts/authorize.ts";
import type { Person } from "../../accounts/person.ts";
import { isJobId } from "../../engine/job-id.ts";
import { jobTitle } from "../../presenters/job-title.ts";
import type { Services } from "../../services.ts";

/** @returns "Import contacts, people.csv" of each job that the person may see, by id */
export async function listJobTitles(
  person: Person,
  { catalog, jobs }: Pick<Services, "catalog" | "jobs">,
  ids: Iterable<string>,
): Promise<Map<string, string>> {
  const rows = await jobs.getMany([...new Set(ids)].filter(isJobId));
  const seen = rows.filter((row) => can(person, "see", row));
  return new Map(seen.map((row) => [row.id, jobTitle(row, catalog.get(row.kind))]));
}
