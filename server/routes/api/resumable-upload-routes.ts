/** The descriptions of the routes for resumable uploads. */
import { createRoute, z } from "@hono/zod-openapi";
import { json, noContent, problems } from "./openapi-responses.ts";
import { chunkType } from "./tus-headers.ts";

const progressSchema = z
  .object({
    upload_id: z.string().meta({ description: "Send it as `metadata.upload_id` of a start." }),
    name: z.string(),
    size: z.int().meta({ description: "Bytes of the complete file." }),
    offset: z.int().meta({ description: "Bytes that are stored. Equals `size` once complete." }),
    expires_at: z.iso.datetime().nullable().meta({
      description: "When it is deleted unless it is continued, or null once complete.",
    }),
  })
  .openapi("ResumableUpload");

const version = z.object({ "Tus-Resumable": z.literal("1.0.0") });
const params = z.object({ id: z.string().meta({ description: "The ID of the upload." }) });
const offset = z.string().meta({ description: "Bytes that are stored." });
const bytes = { type: "string", contentMediaType: "application/octet-stream" } as const;
const chunk = (required: boolean) => ({ required, content: { [chunkType]: { schema: bytes } } });
const path = "/uploads/resumable";

export const describeRoute = createRoute({
  method: "options",
  path,
  operationId: "describeResumableUploads",
  summary: "Get the version, extensions and maximum size of resumable uploads",
  responses: { 204: noContent("In the headers."), ...problems() },
});

export const createUploadRoute = createRoute({
  method: "post",
  path,
  operationId: "createResumableUpload",
  summary: "Begin a resumable upload",
  description:
    "Resumable uploads follow the tus protocol 1.0.0 (https://tus.io/protocols/resumable-upload) with the extensions creation, creation-with-upload, termination and expiration, so any tus client works. Continue at the address in `Location`. The body may have the first bytes. An upload expires 24 hours after its last byte.",
  request: {
    headers: version.extend({
      "Upload-Length": z.string().meta({ description: "Bytes of the complete file." }),
      "Upload-Metadata": z.string().optional().meta({
        description: "`filename` and `filetype`, each followed by its value in Base64.",
      }),
    }),
    body: chunk(false),
  },
  responses: {
    201: json("The upload was created.", progressSchema, {
      Location: "The address of the upload. Its last part is the ID of the upload.",
    }),
    ...problems(400, 412, 413, 429, 507),
  },
});

export const getUploadRoute = createRoute({
  method: "get",
  path: `${path}/{id}`,
  operationId: "getResumableUpload",
  summary: "Get how much of an upload is stored",
  description:
    "HEAD answers in the headers alone. A request that still sends bytes of this upload is stopped, so that the offset stays.",
  request: { params, headers: version },
  responses: { 200: json("The upload.", progressSchema), ...problems(404, 410, 412) },
});

export const continueUploadRoute = createRoute({
  method: "patch",
  path: `${path}/{id}`,
  operationId: "continueResumableUpload",
  summary: "Continue an upload",
  description:
    "Stores the bytes of the body behind `Upload-Offset`. If the request breaks off, the bytes that arrived stay. With its last byte the upload is complete and can be used for a start.",
  request: { params, headers: version.extend({ "Upload-Offset": offset }), body: chunk(true) },
  responses: {
    204: noContent("The bytes were stored; `Upload-Offset` is behind the last one."),
    ...problems(400, 404, 409, 410, 412, 415, 429, 507),
  },
});

export const deleteUploadRoute = createRoute({
  method: "delete",
  path: `${path}/{id}`,
  operationId: "deleteResumableUpload",
  summary: "Give up an upload",
  request: { params, headers: version },
  responses: { 204: noContent("It was deleted."), ...problems(404, 409, 410, 412) },
});

export const overrideMethodRoute = createRoute({
  method: "post",
  path: `${path}/{id}`,
  operationId: "overrideResumableUploadMethod",
  summary: "Continue or give up an upload with POST",
  description:
    "For clients that can't send PATCH or DELETE: name the method in `X-HTTP-Method-Override`.",
  request: { params, headers: version, body: chunk(false) },
  responses: {
    204: noContent("As PATCH or DELETE."),
    ...problems(400, 404, 409, 410, 412, 415, 429, 507),
  },
});
