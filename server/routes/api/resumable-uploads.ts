/** /api/uploads/resumable: uploads by the tus protocol, https://tus.io/protocols/resumable-upload */
import { OpenAPIHono, type RouteConfig } from "@hono/zod-openapi";
import type { Context, MiddlewareHandler } from "hono";
import { can } from "../../accounts/authorize.ts";
import type { Env, Services } from "../../services.ts";
import type { ResumableUpload, UploadProgress } from "../../storage/resumable-upload.ts";
import { HttpError } from "../http-error.ts";
import { bodyOf } from "../receive-upload.ts";
import {
  continueUploadRoute,
  createUploadRoute,
  deleteUploadRoute,
  describeRoute,
  getUploadRoute,
  overrideMethodRoute,
} from "./resumable-upload-routes.ts";
import {
  assertTusVersion,
  badRequest,
  chunkType,
  formatMetadata,
  readByteCount,
  readMetadata,
  setProgressHeaders,
  tusExtensions,
  tusVersion,
} from "./tus-headers.ts";

export function resumableUploadsApi({
  config,
  resumableUploads: uploads,
  uploadMeter,
}: Services): OpenAPIHono<Env> {
  const api = new OpenAPIHono<Env>();

  /** @throws HttpError 404 for an unknown upload and for another person's */
  async function load(c: Context<Env>): Promise<ResumableUpload> {
    const upload = await uploads.find(c.req.param("id") ?? "");
    if (upload && can(c.var.person, "act", upload)) return upload;
    throw new HttpError({
      status: 404,
      title: "Upload not found",
      detail: "This upload doesn't exist, or it belongs to somebody else.",
    });
  }

  async function append(c: Context<Env>, upload: ResumableUpload, offset: number) {
    if (mediaType(c) !== chunkType) {
      const detail = `Send the bytes as \`${chunkType}\`.`;
      throw new HttpError({ status: 415, title: "Upload failed", detail });
    }
    const end = uploadMeter.beginReserved(upload.account_id);
    return uploads.append(upload, offset, bodyOf(c)).finally(end);
  }

  async function continueUpload(c: Context<Env>) {
    const offset = readByteCount(c, "Upload-Offset");
    setProgressHeaders(c, await append(c, await load(c), offset));
    return c.body(null, 204);
  }

  async function deleteUpload(c: Context<Env>) {
    await uploads.delete(await load(c));
    return c.body(null, 204);
  }

  /** Not `api.openapi`, whose validator would read the whole body into memory. */
  function on(route: RouteConfig & { getRoutingPath(): string }, answer: Handler): void {
    api.openAPIRegistry.registerPath(route);
    api.on(route.method.toUpperCase(), route.getRoutingPath(), speaksTus, answer);
  }

  on(describeRoute, (c) => {
    c.header("Tus-Version", tusVersion);
    c.header("Tus-Extension", tusExtensions);
    c.header("Tus-Max-Size", String(config.maxUploadBytes));
    return c.body(null, 204);
  });

  on(createUploadRoute, async (c) => {
    const size = readByteCount(c, "Upload-Length");
    const metadata = readMetadata(c);
    const { accountId, userId } = c.var.person;
    const name = metadata.get("filename") ?? metadata.get("name") ?? "upload.csv";
    const type = metadata.get("filetype") ?? metadata.get("type") ?? "";
    const upload = await uploads.create({ accountId, userId, name, mediaType: type, size });
    const hasBytes = mediaType(c) === chunkType;
    const created = { offset: 0, expiresAt: upload.partial!.expires_at };
    const progress = hasBytes ? await append(c, upload, 0) : created;
    c.header("Location", `/api/uploads/resumable/${upload.id}`);
    setProgressHeaders(c, progress);
    return c.json(present(upload, progress), 201);
  });

  on(getUploadRoute, async (c) => {
    const upload = await load(c);
    const progress = await uploads.progress(upload);
    c.header("Cache-Control", "no-store");
    c.header("Upload-Length", String(upload.size));
    const metadata = { filename: upload.name, filetype: upload.media_type };
    c.header("Upload-Metadata", formatMetadata(metadata));
    setProgressHeaders(c, progress);
    return c.json(present(upload, progress), 200);
  });

  on(continueUploadRoute, continueUpload);
  on(deleteUploadRoute, deleteUpload);
  on(overrideMethodRoute, (c) => {
    const method = c.req.header("x-http-method-override")?.toUpperCase();
    if (method === "PATCH") return continueUpload(c);
    if (method === "DELETE") return deleteUpload(c);
    throw badRequest("`X-HTTP-Method-Override` must be PATCH or DELETE.");
  });

  return api;
}

type Handler = (c: Context<Env>) => Response | Promise<Response>;

const speaksTus: MiddlewareHandler<Env> = async (c, next) => {
  c.header("Tus-Resumable", tusVersion);
  // The client asks for the versions: https://tus.io/protocols/resumable-upload#options
  if (c.req.method !== "OPTIONS") assertTusVersion(c);
  await next();
};

function mediaType(c: Context): string {
  return (c.req.header("content-type") ?? "").split(";")[0]!.trim().toLowerCase();
}

function present({ id, name, size }: ResumableUpload, { offset, expiresAt }: UploadProgress) {
  const expires_at = expiresAt === null ? null : new Date(expiresAt).toISOString();
  return { upload_id: id, name, size, offset, expires_at };
}
