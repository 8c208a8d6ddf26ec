/** Files that were uploaded together: each gets a form of its own, one after another. */

import { can } from "../../accounts/authorize.ts";
import type { Person } from "../../accounts/person.ts";
import type { UploadedFile } from "../../presenters/job-form.ts";
import type { Services } from "../../services.ts";
import { findUpload } from "../../storage/uploads.ts";

/** More are unlikely to be mapped in one sitting, and each is looked up for every page. */
const maxFiles = 50;

/**
 * @param given the ids, separated by commas, unchecked
 * @returns the uploads among them that the person may read, in their order
 */
export async function findMoreFiles(
  { backend }: Pick<Services, "backend">,
  person: Person,
  given = "",
): Promise<UploadedFile[]> {
  const ids = new Set(given.split(",").filter((id) => /^[\w-]{1,50}$/.test(id)));
  const found = await Promise.all([...ids].slice(0, maxFiles).map((id) => findUpload(backend, id)));
  return found.flatMap((row) =>
    row && can(person, "see", row) ? [{ id: row.id, name: row.name }] : [],
  );
}
