/** POST /api/uploads */
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { Env, Services } from "../../services.ts";
import { receiveUpload } from "../receive-upload.ts";
import { json, problems } from "./openapi-responses.ts";

const uploadSchema = z
  .object({
    upload_id: z.string().meta({ description: "Send this as `metadata.upload_id` of a start." }),
    name: z.string(),
    size: z.int().meta({ description: "Size in bytes." }),
  })
  .openapi("Upload");

const file = { type: "string", contentMediaType: "application/octet-stream" } as const;

const route = createRoute({
  method: "post",
  path: "/uploads",
  operationId: "upload",
  summary: "Upload a file",
  description:
    "Send the file as the body, with its name in `Content-Disposition` or `?name=`, or as the only file of a multipart form. Files are streamed. A large file is better sent to `/api/uploads/resumable`, where a broken upload goes on where it stopped.",
  request: {
    query: z.object({ name: z.string().optional().meta({ description: "Name of the file." }) }),
    body: {
      required: true,
      content: {
        "*/*": { schema: file },
        "multipart/form-data": { schema: { type: "object", properties: { file } } },
      },
    },
  },
  responses: { 201: json("The file was stored.", uploadSchema), ...problems(400, 413, 429, 507) },
});

export function uploadsApi({
  backend,
  storage,
  config,
  uploadMeter: meter,
}: Services): OpenAPIHono<Env> {
  const api = new OpenAPIHono<Env>();
  // Not `api.openapi`, whose validator would read the whole form into memory.
  api.openAPIRegistry.registerPath(route);
  api.post(route.getRoutingPath(), async (c) => {
    const { accountId, userId } = c.var.person;
    const { maxUploadBytes: maxBytes, limits } = config;
    const target = { backend, storage, maxBytes, maxStoredBytes: limits.maxStoredBytes };
    const { id, name, size } = await receiveUpload(c, { target, meter, accountId, userId });
    return c.json({ upload_id: id, name, size }, 201);
  });
  return api;
}
