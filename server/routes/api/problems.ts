/** Errors of the API as `application/problem+json`: https://www.rfc-editor.org/rfc/rfc9457 */
import { STATUS_CODES } from "node:http";
import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { errorsByField } from "../../engine/start/check-input.ts";
import { HttpError } from "../http-error.ts";

export const problemSchema = z
  .object({
    type: z.string().meta({ description: "Always `about:blank`." }),
    title: z.string().meta({ description: "The name of the HTTP status." }),
    status: z.int().meta({ description: "The HTTP status." }),
    detail: z.string().meta({ description: "What is wrong, as a sentence for people." }),
    errors: z.record(z.string(), z.string()).optional().meta({
      description: "For 422: what is wrong with each field, such as `metadata.upload_id`.",
    }),
    job_id: z.string().optional().meta({
      description: "For 409 of a start: the existing job with the same key or the same input.",
    }),
  })
  .openapi("Problem");

/** Seconds after which a client may try again during an outage. */
const outageRetrySeconds = 2;

/** The fields of a request that do not match its schema. */
export function invalidFields(error: z.core.$ZodError): HttpError {
  const errors = errorsByField(error, "body");
  const [field, message] = Object.entries(errors)[0] ?? ["body", "Invalid"];
  return new HttpError({
    status: 422,
    title: "Invalid input",
    detail: `${field}: ${message}`,
    errors,
  });
}

/** With the type `about:blank`, RFC 9457 (4.2.1) wants the name of the status as the title. */
export function sendProblem(c: Context, error: HttpError): Response {
  const { status, message: detail, errors, jobId: job_id } = error;
  const seconds = error.retryAfterSeconds ?? (status === 503 ? outageRetrySeconds : undefined);
  if (seconds !== undefined) c.header("Retry-After", String(seconds));
  return c.json(
    { type: "about:blank", title: STATUS_CODES[status], status, detail, errors, job_id },
    status,
    { "content-type": "application/problem+json" },
  );
}
