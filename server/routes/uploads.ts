/** POST /uploads: streams a file to the storage and redirects to the form of its kind. GET: that form. */
import { Hono } from "hono";
import { uploadField } from "../forms/input-fields.ts";
import { pickFormValues } from "../forms/input-values.ts";
import { readScheduleInput } from "../forms/schedule.ts";
import { LimitReached } from "../limit-reached.ts";
import { moreFilesField, nextFileHref } from "../presenters/job-form.ts";
import type { Env, Services } from "../services.ts";
import { toHttpError } from "./error-map.ts";
import { kindNotFound } from "./http-error.ts";
import { assertFormToken, protectForms } from "./middleware/protect-forms.ts";
import { type JobFormServices, renderUploadPage } from "./page/job-form-pages.ts";
import { findMoreFiles } from "./page/more-files.ts";
import { findPrefillJob } from "./page/prefill.ts";
import { isUploadError, receiveUpload } from "./receive-upload.ts";

/**
 * The kind and the other fields are in the query, because the body is the file. Mount before the
 * general `protectForms`, which limits the size of bodies.
 */
export function uploadRoutes(services: JobFormServices & Pick<Services, "uploadMeter">): Hono<Env> {
  const { backend, catalog, config, storage, uploadMeter } = services;
  const routes = new Hono<Env>();

  // A refused upload is answered at this address, which the person may load again.
  routes.get("/uploads", (c) => {
    const { type = "", ...carried } = c.req.query();
    if (!catalog.has(type)) throw kindNotFound();
    const query = new URLSearchParams(carried).toString();
    return c.redirect(`/jobs/new/${type}${query && `?${query}`}`, 303);
  });

  routes.post("/uploads", protectForms(services, { streamed: true }), async (c) => {
    const type = c.req.query("type") ?? "";
    const kind = catalog.get(type);
    const upload = kind && uploadField(kind);
    if (!kind || !upload) throw kindNotFound();
    const { person } = c.var;
    const { accountId, userId } = person;
    const values = pickFormValues(kind, c.req.query());
    const from = await findPrefillJob(services, person, type, c.req.query("from_job"));
    const moreFiles = await findMoreFiles(services, person, c.req.query(moreFilesField));
    try {
      const { maxUploadBytes: maxBytes, limits } = config;
      const target = { backend, storage, maxBytes, maxStoredBytes: limits.maxStoredBytes };
      const checkFields = (fields: ReadonlyMap<string, string>) =>
        assertFormToken(c, services, fields.get("token"));
      const options = { target, meter: uploadMeter, accountId, userId, checkFields };
      const { id } = await receiveUpload(c, options);
      const fields = { ...values, ...(from && { from_job: from.id }) };
      const files = [{ id }, ...moreFiles];
      return c.redirect(nextFileHref(type, kind, files, fields), 303);
    } catch (error) {
      if (!isUploadError(error)) throw error;
      const { status, message: detail, retryAfterSeconds } = toHttpError(error);
      const message = error instanceof LimitReached ? detail : error.message;
      c.status(status);
      if (retryAfterSeconds) c.header("Retry-After", String(retryAfterSeconds));
      const schedule = readScheduleInput({});
      const draft = { type, kind, values, from, moreFiles, schedule };
      return renderUploadPage(c, services, draft, message);
    }
  });

  return routes;
}
