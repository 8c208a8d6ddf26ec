/** POST /uploads: a file, streamed to the storage; then on to the form of the kind it is for. */
import { Hono } from "hono";
import { uploadField } from "../forms/input-fields.ts";
import { typedFor } from "../forms/input-values.ts";
import { whenTyped } from "../forms/when.ts";
import type { Env } from "../services.ts";
import { noKind } from "./job-forms.ts";
import { earlierOf } from "./new-job/earlier.ts";
import { filePage, type NewJobServices } from "./new-job/form-pages.ts";
import { protectForms } from "./page/guard.ts";
import { receiveUpload, uploadStatus } from "./receive-upload.ts";

/**
 * The kind and what else was chosen stand in the query, for the body is the file. Goes behind
 * `requirePerson` and before `protectForms`, which would not let a large file pass.
 */
export function uploadsRoutes(services: NewJobServices): Hono<Env> {
  const { backend, catalog, config, storage } = services;
  const routes = new Hono<Env>();

  routes.post("/uploads", protectForms(services, { streamed: true }), async (c) => {
    const type = c.req.query("type") ?? "";
    const kind = catalog.get(type);
    const upload = kind && uploadField(kind);
    if (!kind || !upload) return noKind(c, services);
    const { accountId, userId } = c.var.person;
    const typed = typedFor(kind, c.req.query());
    const from = await earlierOf(c, services, type, c.req.query("from_job"));
    try {
      const target = { backend, storage, maxBytes: config.uploadLimit };
      const { id } = await receiveUpload(c, { target, accountId, userId });
      const chosen = { ...typed, [upload.name]: id, ...(from && { from_job: from.id }) };
      const query = new URLSearchParams(chosen);
      return c.redirect(`/jobs/new/${type}?${query}`, 303);
    } catch (error) {
      const status = uploadStatus(error);
      if (!status) throw error;
      c.status(status);
      const draft = { type, kind, typed, from, when: whenTyped({}) };
      return filePage(c, services, draft, (error as Error).message);
    }
  });

  return routes;
}
