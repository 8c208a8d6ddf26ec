/** POST /api/uploads: a file, streamed to the storage. */
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { Env, Services } from "../../services.ts";
import { receiveUpload } from "../receive-upload.ts";
import { json, problems } from "./openapi-responses.ts";

const uploadSchema = z
  .object({
    upload_id: z.string().meta({ description: "What a kind's `metadata.upload_id` takes" }),
    name: z.string(),
    size: z.int().meta({ description: "Bytes" }),
  })
  .openapi("Upload");

const file = { type: "string", contentMediaType: "application/octet-stream" } as const;

const route = createRoute({
  method: "post",
  path: "/uploads",
  operationId: "upload",
  summary: "Upload a file",
  description:
    "The file as the body itself, with its name in `Content-Disposition` or `?name=`, or as the one file of a form.",
  request: {
    query: z.object({ name: z.string().optional().meta({ description: "The file's name" }) }),
    body: {
      required: true,
      content: {
        "*/*": { schema: file },
        "multipart/form-data": { schema: { type: "object", properties: { file } } },
      },
    },
  },
  responses: { 201: json("The file is kept", uploadSchema), ...problems(400, 413, 507) },
});

export function uploadsApi({ backend, storage, config }: Services): OpenAPIHono<Env> {
  const api = new OpenAPIHono<Env>();
  // Not `api.openapi`: a validator would read a form whole into memory.
  api.openAPIRegistry.registerPath(route);
  api.post(route.getRoutingPath(), async (c) => {
    const { accountId, userId } = c.var.person;
    const target = { backend, storage, maxBytes: config.maxUploadBytes };
    const { id, name, size } = await receiveUpload(c, { target, accountId, userId });
    return c.json({ upload_id: id, name, size }, 201);
  });
  return api;
}
