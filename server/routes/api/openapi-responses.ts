/** Short words for describing what a route answers. */
import type { z } from "@hono/zod-openapi";
import { problemSchema } from "./problems.ts";

/** @param headers name to what it says */
export function json<Schema extends z.ZodType>(
  description: string,
  schema: Schema,
  headers: Record<string, string> = {},
) {
  return { description, content: { "application/json": { schema } }, headers: described(headers) };
}

/** Answers that hold nothing. */
export function noContent(description: string) {
  return { description };
}

const reasons = {
  400: "It cannot be read",
  404: "There is no such job, or it belongs to somebody else",
  409: "The job does not allow that, the key was used with other input, or the job is active already",
  410: "The job ended long ago and is no longer kept; what it came to is told",
  413: "It is too large",
  415: "It is not JSON",
  422: "It can be read, and is wrong: `errors` says where",
  507: "No more bytes can be kept",
};

/** Those of the given statuses, and the ones that any route may give. */
export function problems(...statuses: (keyof typeof reasons)[]) {
  const all = { 401: "No valid token or session came with it", ...only(statuses) };
  const answers = Object.entries(all).map(([status, text]) => [status, problem(text)]);
  return {
    ...Object.fromEntries(answers),
    default: problem(
      "503 with the database or the file storage away (`Retry-After`), 500 for what nobody expected",
    ),
  } as { default: ReturnType<typeof problem> };
}

function only(statuses: (keyof typeof reasons)[]): Record<number, string> {
  return Object.fromEntries(statuses.map((status) => [status, reasons[status]]));
}

function problem(description: string) {
  return { description, content: { "application/problem+json": { schema: problemSchema } } };
}

function described(headers: Record<string, string>) {
  const entries = Object.entries(headers).map(([name, description]) => [
    name,
    { description, schema: { type: "string" as const } },
  ]);
  return Object.fromEntries(entries);
}
