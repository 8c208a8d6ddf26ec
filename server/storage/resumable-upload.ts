/** What is known of an upload that arrives in several requests. */
import type { PartialUploadRow } from "../backend/schema.ts";

/** A partial upload, or a complete one with the same id. */
export interface ResumableUpload {
  id: string;
  account_id: string;
  user_id: string;
  name: string;
  media_type: string;
  /** Bytes of the complete file. */
  size: number;
  /** Null once the upload is complete. */
  partial: PartialUploadRow | null;
}

export interface UploadProgress {
  /** Bytes that are stored. */
  offset: number;
  /** Null for a complete upload. */
  expiresAt: number | null;
}

/** Time since the last byte. */
export const partialUploadLifetimeMs = 24 * 3_600_000;

/** The upload was given up, or its bytes are gone. */
export class UploadExpired extends Error {
  override name = "UploadExpired";
  constructor() {
    super("The upload has expired. Upload the file again");
  }
}
