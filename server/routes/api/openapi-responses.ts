/** Helpers that describe the responses of a route for OpenAPI. */
import type { z } from "@hono/zod-openapi";
import { problemSchema } from "./problems.ts";

/** @param headers descriptions by name */
export function json<Schema extends z.ZodType>(
  description: string,
  schema: Schema,
  headers: Record<string, string> = {},
) {
  return { description, content: { "application/json": { schema } }, headers: described(headers) };
}

/** A response without a body. */
export function noContent(description: string) {
  return { description };
}

const reasons = {
  400: "The request could not be read.",
  404: "The job doesn't exist, or it belongs to somebody else.",
  409: "The job does not allow this now, the key was used with other input, or the same job is already active.",
  410: "The job was deleted after its retention time. `detail` says how it ended.",
  413: "The request is too large.",
  412: "The version of the protocol in `Tus-Resumable` is not 1.0.0.",
  415: "The request is not JSON.",
  422: "The request is invalid. `errors` says what is wrong with each field.",
  429: "The account or the person has reached a limit. `Retry-After` says when to try again.",
  507: "The file storage is full.",
};

/** The problems of the given statuses, and those of every route. */
export function problems(...statuses: (keyof typeof reasons)[]) {
  const all = {
    401: "The request has no valid token or session.",
    403: "The scope of the token does not include this request.",
    ...only(statuses),
  };
  const answers = Object.entries(all).map(([status, text]) => [status, problem(text)]);
  return {
    ...Object.fromEntries(answers),
    default: problem(
      "429 after too many requests, 503 while the database or the file storage is unavailable (see `Retry-After`), 500 for an unexpected error.",
    ),
  } as { default: ReturnType<typeof problem> };
}

function only(statuses: (keyof typeof reasons)[]): Record<number, string> {
  return Object.fromEntries(statuses.map((status) => [status, reasons[status]]));
}

export function problem(description: string) {
  return { description, content: { "application/problem+json": { schema: problemSchema } } };
}

function described(headers: Record<string, string>) {
  const entries = Object.entries(headers).map(([name, description]) => [
    name,
    { description, schema: { type: "string" as const } },
  ]);
  return Object.fromEntries(entries);
}
