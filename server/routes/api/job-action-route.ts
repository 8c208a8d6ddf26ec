import { createRoute, z } from "@hono/zod-openapi";
import { jobSchema } from "./job-schema.ts";
import { json, problems } from "./openapi-responses.ts";

export const jobParams = z.object({ id: z.string().meta({ description: "ID of the job." }) });

/** The body of a request without options, which may be left out. A field in it is refused. */
export const noOptions = {
  content: { "application/json": { schema: z.strictObject({}).openapi("NoOptions") } },
};

/** Describes a POST below a job that takes no options and returns the job. */
export function jobActionRoute<Path extends string>({
  path,
  ...texts
}: {
  path: Path;
  operationId: string;
  summary: string;
  description: string;
}) {
  return createRoute({
    method: "post",
    path: `/jobs/{id}/${path}` as const,
    ...texts,
    request: { params: jobParams, body: noOptions },
    responses: {
      200: json("The job after the change.", jobSchema),
      ...problems(400, 404, 409, 410, 415, 422),
    },
  });
}
