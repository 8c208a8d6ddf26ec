import { StorageAway, StorageFull } from "../storage.ts";

/** What S3 and those that stand in for it call the things that can be wrong with a request. */
interface Answer {
  name?: string;
  $metadata?: { httpStatusCode?: number };
  /** Set for every error that a server answered with, however it is called. */
  $fault?: string;
  code?: string;
}

const refused = new Set([
  "InvalidAccessKeyId",
  "SignatureDoesNotMatch",
  "InvalidToken",
  "ExpiredToken",
  "AccessDenied",
  "Forbidden",
]);
const full = new Set(["QuotaExceeded", "XMinioStorageFull", "EntityTooLarge"]);
const elsewhere = new Set(["PermanentRedirect", "AuthorizationHeaderMalformed"]);
const noCredentials =
  "The file storage has no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";
const unreachable = new Set(["ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "EHOSTUNREACH"]);

/** @returns an error of the storage, in words for everybody; what is none of its own as it is */
export function bucketError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof StorageAway) return error;
  const { name, code = "", $metadata, $fault } = error as Answer & Error;
  const status = $metadata?.httpStatusCode;
  const away = (message: string) => new StorageAway(message, { cause: error });
  if (status === 507 || full.has(name)) {
    return new StorageFull("The file storage is full", { cause: error });
  }
  if (name === "NoSuchBucket") return away("The bucket of the file storage is not there");
  if (name === "CredentialsProviderError") return away(noCredentials);
  if (refused.has(name) || status === 401 || status === 403) {
    return away(`The file storage refuses its credentials: ${name}`);
  }
  if (elsewhere.has(name) || status === 301 || error.message === "Region is missing") {
    return away("The region of the file storage is not right: say ?region=… in STORAGE_URL");
  }
  if (unreachable.has(code)) return away("The file storage cannot be reached");
  if (status !== undefined && status < 500) {
    return away(`The file storage does not do what it is asked: ${name}`);
  }
  return $fault || code || $metadata || name === "TimeoutError"
    ? away("The file storage does not answer")
    : error;
}

/** There is no object under that key; of a HEAD nobody says whether the bucket is there. */
export function isMissingObject(error: unknown): boolean {
  return ["NoSuchKey", "NotFound"].includes((error as Answer).name ?? "");
}

/** The place to read from lies behind the end. */
export function isBehindEnd(error: unknown): boolean {
  return (error as Answer).$metadata?.httpStatusCode === 416;
}
