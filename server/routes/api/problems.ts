/** What went wrong, as `application/problem+json`: https://www.rfc-editor.org/rfc/rfc9457 */
import { STATUS_CODES } from "node:http";
import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { AlreadyActive, InvalidInput, UnknownKind } from "../../engine/start/request.ts";
import { NotFinal } from "../../engine/start/retry.ts";
import { NoRejectedRows } from "../../engine/start/retry-rejected.ts";
import { isTransientError } from "../../engine/transient-error.ts";
import { uploadStatus } from "../receive-upload.ts";

export const problemSchema = z
  .object({
    type: z.string().meta({ description: "`about:blank`: the status says it all." }),
    title: z.string().meta({ description: "The name of the status." }),
    status: z.int().meta({ description: "The status of the answer, again." }),
    detail: z.string().meta({ description: "What is wrong, a sentence for people." }),
    errors: z
      .record(z.string(), z.string())
      .optional()
      .meta({ description: "422: what is wrong by field, such as `metadata.upload_id`." }),
    job_id: z
      .string()
      .optional()
      .meta({ description: "409 of a start: the job that the key belongs to, or that is active." }),
  })
  .openapi("Problem");

type More = Partial<Pick<z.infer<typeof problemSchema>, "errors" | "job_id">>;

/** Thrown by a route; the answer is made where all errors end up. */
export class Problem extends Error {
  override name = "Problem";
  readonly status: ContentfulStatusCode;
  readonly more: More;
  constructor(status: ContentfulStatusCode, detail: string, more: More = {}) {
    super(detail);
    this.status = status;
    this.more = more;
  }
}

/** What does not fit its schema, field by field. */
export function invalid(error: z.core.$ZodError): Problem {
  const errors: Record<string, string> = {};
  for (const issue of error.issues) errors[issue.path.join(".") || "body"] ??= issue.message;
  const [field, message] = Object.entries(errors)[0] ?? ["body", "Invalid"];
  return new Problem(422, `${field}: ${message}`, { errors });
}

/** Any error as a problem; what nobody expected says nothing of itself. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof HTTPException && error.status < 500) {
    return new Problem(error.status as ContentfulStatusCode, error.message);
  }
  if (error instanceof UnknownKind) {
    return new Problem(422, error.message, { errors: { type: error.message } });
  }
  if (error instanceof InvalidInput) return invalidInput(error);
  if (error instanceof AlreadyActive) {
    return new Problem(409, `${error.message}.`, { job_id: error.job.id });
  }
  if (error instanceof NotFinal || error instanceof NoRejectedRows)
    return new Problem(409, error.message);
  const status = uploadStatus(error);
  if (status) return new Problem(status, (error as Error).message);
  if (isTransientError(error)) {
    return new Problem(
      503,
      "The database does not answer. Nothing is lost; try again in a moment.",
    );
  }
  return new Problem(500, "Something broke on our side. It was written to the log.");
}

function invalidInput({ fields, message }: InvalidInput): Problem {
  const errors = Object.entries(fields).map(([field, said]) => [`metadata.${field}`, said]);
  return new Problem(422, message, { errors: Object.fromEntries(errors) });
}

export function answer(c: Context, problem: Problem): Response {
  const { status, message: detail, more } = problem;
  if (status === 503) c.header("Retry-After", "2");
  return c.json(
    { type: "about:blank", title: STATUS_CODES[status], status, detail, ...more },
    status,
    {
      "content-type": "application/problem+json",
    },
  );
}
