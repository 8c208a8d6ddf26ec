/** The one map from errors to HTTP status, title and detail, for pages and the API. */
import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { DatabaseLost } from "../backend/database-lost.ts";
import { InvalidContact } from "../contacts/contact-input.ts";
import { ContactNotFound, StaleContact } from "../contacts/edit-contact.ts";
import { ActionRefused } from "../engine/action-refused.ts";
import { StaleSchedule } from "../engine/schedules/change-schedule.ts";
import { InvalidRepetition } from "../engine/schedules/invalid-repetition.ts";
import { RunActive } from "../engine/schedules/take-time.ts";
import {
  AlreadyActive,
  InvalidInput,
  MissingSettings,
  UnknownKind,
} from "../engine/start/request.ts";
import { isTransientError } from "../engine/transient-error.ts";
import { LimitReached } from "../limit-reached.ts";
import { reachedLimitText } from "../presenters/limit-text.ts";
import {
  alreadyActiveText,
  missingSettingsText,
  refusalText,
  unknownKindText,
} from "../presenters/refusal-text.ts";
import { UploadExpired } from "../storage/resumable-upload.ts";
import { StorageFull, StorageUnavailable } from "../storage/storage.ts";
import { UploadConflict } from "../storage/upload-writers.ts";
import { UploadRefused, UploadTooLarge } from "../storage/uploads.ts";
import { HttpError, type HttpErrorOptions } from "./http-error.ts";

/** An unexpected error becomes a 500 that does not reveal its message. */
export function toHttpError(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  return new HttpError(
    refusalOf(error) ??
      scheduleErrorOf(error) ??
      contactErrorOf(error) ??
      uploadErrorOf(error) ??
      outageOf(error) ??
      unexpectedError,
  );
}

/** Errors of the engine about the request itself. */
function refusalOf(error: unknown): HttpErrorOptions | undefined {
  if (error instanceof HTTPException && error.status < 500) {
    const detail = error.message || "The request could not be read.";
    return { status: error.status as ContentfulStatusCode, title: "Invalid request", detail };
  }
  if (error instanceof UnknownKind) {
    const detail = unknownKindText(error);
    return { status: 422, title: "Unknown kind of job", detail, errors: { type: detail } };
  }
  if (error instanceof InvalidInput) {
    const fields = Object.entries(error.fields).map(([name, text]) => [`metadata.${name}`, text]);
    const errors: Record<string, string> = Object.fromEntries(fields);
    return { status: 422, title: "Invalid input", detail: error.message, errors };
  }
  if (error instanceof AlreadyActive) {
    const detail = alreadyActiveText(error);
    return { status: 409, title: "Already active", detail, jobId: error.job.id };
  }
  if (error instanceof MissingSettings) {
    return { status: 409, title: "Settings are missing", detail: missingSettingsText(error) };
  }
  if (error instanceof ActionRefused) {
    return { status: 409, title: "Not possible now", detail: refusalText(error) };
  }
  if (error instanceof LimitReached) {
    const { retryAfterSeconds } = error;
    return {
      status: 429,
      title: "Limit reached",
      detail: reachedLimitText(error),
      retryAfterSeconds,
    };
  }
  return undefined;
}

function scheduleErrorOf(error: unknown): HttpErrorOptions | undefined {
  const links = [{ href: "/schedules", text: "All schedules" }];
  if (error instanceof InvalidRepetition) {
    const { message: detail } = error;
    return { status: 422, title: "Invalid schedule", detail, errors: { repeats: detail }, links };
  }
  if (error instanceof StaleSchedule) {
    const detail = "Somebody changed or deleted this schedule meanwhile. Open it again.";
    return { status: 409, title: "Changed meanwhile", detail, links };
  }
  if (error instanceof RunActive) {
    const { id: jobId } = error.job;
    const detail = `The last run is unfinished: job ${jobId}.`;
    return { status: 409, title: "Not possible now", detail, jobId, links };
  }
  return undefined;
}

function contactErrorOf(error: unknown): HttpErrorOptions | undefined {
  const links = [{ href: "/contacts", text: "All contacts" }];
  if (error instanceof InvalidContact) {
    const { message: detail, fields: errors } = error;
    return { status: 422, title: "Invalid contact", detail, errors, links };
  }
  if (error instanceof ContactNotFound)
    return { status: 404, title: "Contact not found", detail: error.message, links };
  if (error instanceof StaleContact)
    return { status: 409, title: "Changed meanwhile", detail: error.message, links };
  return undefined;
}

function uploadErrorOf(error: unknown): HttpErrorOptions | undefined {
  const title = "Upload failed";
  if (error instanceof UploadTooLarge) return { status: 413, title, detail: error.message };
  if (error instanceof UploadRefused) return { status: 400, title, detail: error.message };
  if (error instanceof UploadConflict) return { status: 409, title, detail: error.message };
  if (error instanceof UploadExpired) return { status: 410, title, detail: error.message };
  if (error instanceof StorageFull) return { status: 507, title, detail: error.message };
  return undefined;
}

/** Outages of the database or the storage, which pass. */
function outageOf(error: unknown): HttpErrorOptions | undefined {
  if (error instanceof StorageUnavailable) {
    const detail = `${error.message}. Nothing is lost. Try again in a moment.`;
    return { status: 503, title: "Files are unavailable", detail };
  }
  if (error instanceof DatabaseLost) {
    const detail = "Its file was moved or deleted. An operator has to put it back.";
    return { status: 503, title: "The database is unavailable", detail };
  }
  if (isTransientError(error)) {
    const detail = "Nothing is lost, and jobs continue once it is back. Try again in a moment.";
    return { status: 503, title: "The database is unavailable", detail };
  }
  return undefined;
}

const unexpectedError: HttpErrorOptions = {
  status: 500,
  title: "Something went wrong",
  detail: "We've logged it. Try again.",
};
