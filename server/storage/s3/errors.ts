import { StorageFull, StorageUnavailable } from "../storage.ts";

/** The error shape of the AWS SDK. */
interface BucketError {
  name?: string;
  $metadata?: { httpStatusCode?: number };
  /** Set on every error that a server returned. */
  $fault?: string;
  code?: string;
}

const refusedNames = new Set([
  "InvalidAccessKeyId",
  "SignatureDoesNotMatch",
  "InvalidToken",
  "ExpiredToken",
  "AccessDenied",
  "Forbidden",
]);
const fullNames = new Set(["QuotaExceeded", "XMinioStorageFull", "EntityTooLarge"]);
const wrongRegionNames = new Set(["PermanentRedirect", "AuthorizationHeaderMalformed"]);
const noCredentials =
  "The file storage has no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";
const unreachableCodes = new Set(["ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "EHOSTUNREACH"]);

/** @returns StorageFull or StorageUnavailable with a message for the user; an unrelated error unchanged */
export function bucketError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof StorageUnavailable) return error;
  const { name, code = "", $metadata, $fault } = error as BucketError & Error;
  const status = $metadata?.httpStatusCode;
  const unavailable = (message: string) => new StorageUnavailable(message, { cause: error });
  if (status === 507 || fullNames.has(name)) {
    return new StorageFull("The file storage is full", { cause: error });
  }
  if (name === "NoSuchBucket") return unavailable("The bucket of the file storage does not exist");
  if (name === "CredentialsProviderError") return unavailable(noCredentials);
  if (refusedNames.has(name) || status === 401 || status === 403) {
    return unavailable(`The file storage rejects its credentials: ${name}`);
  }
  if (wrongRegionNames.has(name) || status === 301 || error.message === "Region is missing") {
    return unavailable("The region of the file storage is wrong: set ?region=… in STORAGE_URL");
  }
  if (unreachableCodes.has(code)) return unavailable("The file storage cannot be reached");
  if (status !== undefined && status < 500) {
    return unavailable(`The file storage rejects the request: ${name}`);
  }
  return $fault || code || $metadata || name === "TimeoutError"
    ? unavailable("The file storage does not answer")
    : error;
}

/** True for a missing object, and for a HEAD request in a missing bucket too. */
export function isMissingObject(error: unknown): boolean {
  return ["NoSuchKey", "NotFound"].includes((error as BucketError).name ?? "");
}

/** The range begins past the end of the object. */
export function isPastEnd(error: unknown): boolean {
  return (error as BucketError).$metadata?.httpStatusCode === 416;
}
