/** Finds the uploaded files that a job will read. */
import type { Backend } from "../../backend/backend.ts";
import type { UploadRow } from "../../backend/schema.ts";
import type { Kind } from "../../job.ts";
import { selectUpload, type UploadOwner } from "../../storage/uploads.ts";
import { sanitizeText } from "../sanitize-text.ts";
import type { FingerprintedFile } from "./fingerprint.ts";
import { isUpload, uploadIdsIn } from "./input-type.ts";

export type Upload = Pick<UploadRow, "id" | "name" | "size"> & FingerprintedFile;

/** @returns the names of the input fields that contain the id of an upload */
export function uploadFields({ input }: Pick<Kind, "input">): string[] {
  return Object.entries(input.shape).flatMap(([name, type]) => (isUpload(type) ? [name] : []));
}

/** @returns the uploads in the input; `errors` by field if the owner does not have one of them */
export async function findUploads(
  backend: Backend,
  kind: Kind,
  input: Record<string, unknown>,
  owner: UploadOwner,
): Promise<{ uploads: Upload[]; errors?: Record<string, string> }> {
  const uploads: Upload[] = [];
  for (const field of uploadFields(kind)) {
    for (const given of uploadIdsIn(input[field])) {
      const id = sanitizeText(given);
      const found = await selectUpload(backend, owner, id)
        .select(["id", "name", "size", "sha256"])
        .executeTakeFirst();
      if (!found) return { uploads, errors: { [field]: await reasonFor(backend, owner, id) } };
      uploads.push({ ...found, field });
    }
  }
  return { uploads };
}

/** A program may start a job before the last bytes of a resumable upload have arrived. */
async function reasonFor({ db }: Backend, owner: UploadOwner, id: string): Promise<string> {
  const partial = await db
    .selectFrom("partial_uploads")
    .select("user_id")
    .where("id", "=", id)
    .where("account_id", "=", owner.accountId)
    .executeTakeFirst();
  const isOwn = partial && (owner.userId === undefined || partial.user_id === owner.userId);
  return isOwn
    ? "This upload is not complete. Send the rest of the file first."
    : "This file was deleted. Upload it again.";
}

/** @returns the size of all uploads in bytes, or null if there are none */
export function totalSize(uploads: readonly Upload[]): number | null {
  return uploads.length > 0 ? uploads.reduce((sum, { size }) => sum + size, 0) : null;
}
