import type { PartialUploadRow } from "../backend/schema.ts";
import type { UploadTarget } from "./uploads.ts";

/** Deletes the bytes before the row that names them, so that it can be repeated. */
export async function deletePartialUpload(
  { backend, storage }: Pick<UploadTarget, "backend" | "storage">,
  { id, storage_key, storage_handle }: PartialUploadRow,
): Promise<void> {
  await storage.partialFiles.delete(storage_key, storage_handle);
  await backend.db.deleteFrom("partial_uploads").where("id", "=", id).execute();
}
