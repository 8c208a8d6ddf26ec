/** Limits request bodies before they are parsed. Uploads are streamed and have their own limit. */
import type { MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { Env } from "../../services.ts";
import { formatBytes } from "../../text/bytes.ts";
import { HttpError } from "../http-error.ts";

const maxFormBytes = 1_000_000;
const maxJsonBytes = 1_000_000;
/** For the forms that anybody can send: an email, a password and where to go. */
export const maxCredentialBytes = 16_000;

/**
 * @param maxBytes default 1 MB
 * @throws HttpError 413
 */
export function limitFormBody(maxBytes: number = maxFormBytes): MiddlewareHandler<Env> {
  return limitBody(maxBytes, {
    status: 413,
    title: "This form is too large",
    detail: `This form can hold up to ${formatBytes(maxBytes)}. Files have a form of their own.`,
    links: [{ href: "/jobs/new", text: "New job" }],
  });
}

/** @throws HttpError 413 */
export function limitJsonBody(): MiddlewareHandler<Env> {
  return limitBody(maxJsonBytes, {
    status: 413,
    title: "Request too large",
    detail: `A request can hold up to ${formatBytes(maxJsonBytes)} of JSON. Send files to POST /api/uploads.`,
  });
}

function limitBody(
  maxSize: number,
  problem: ConstructorParameters<typeof HttpError>[0],
): MiddlewareHandler<Env> {
  const onError = () => {
    throw new HttpError(problem);
  };
  return bodyLimit({ maxSize, onError });
}
