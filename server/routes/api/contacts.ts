/** GET /api/contacts, and GET, PATCH and DELETE /api/contacts/:id */
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { contactsOf } from "../../accounts/authorize.ts";
import { deleteContact, updateContact } from "../../contacts/edit-contact.ts";
import type { Env, Services } from "../../services.ts";
import { findJob, missingJob } from "../middleware/load-job.ts";
import { contactEditor, loadContact } from "../page/contact.ts";
import {
  contactJson,
  contactListSchema,
  contactPatch,
  contactQuery,
  contactSchema,
} from "./contact-schema.ts";
import { json, noContent, problem, problems } from "./openapi-responses.ts";

const params = z.object({ id: z.string().meta({ description: "ID of the contact." }) });
const notFound = { 404: problem("The contact doesn't exist, or it was deleted.") };

const many = createRoute({
  method: "get",
  path: "/contacts",
  operationId: "listContacts",
  summary: "List contacts",
  request: { query: contactQuery },
  responses: { 200: json("The contacts.", contactListSchema), ...problems(404, 410, 422) },
});

const one = createRoute({
  method: "get",
  path: "/contacts/{id}",
  operationId: "getContact",
  summary: "Get a contact",
  request: { params },
  responses: { 200: json("The contact.", contactSchema), ...problems(), ...notFound },
});

const change = createRoute({
  method: "patch",
  path: "/contacts/{id}",
  operationId: "updateContact",
  summary: "Change a contact",
  description:
    "Fields that are left out stay as they are. The undo of an earlier import then leaves the contact alone.",
  request: {
    params,
    body: { required: true, content: { "application/json": { schema: contactPatch } } },
  },
  responses: {
    200: json("The contact after the change.", contactSchema),
    ...problems(400, 422),
    ...notFound,
  },
});

const remove = createRoute({
  method: "delete",
  path: "/contacts/{id}",
  operationId: "deleteContact",
  summary: "Delete a contact",
  request: { params },
  responses: { 204: noContent("The contact was deleted."), ...problems(), ...notFound },
});

export function contactsApi(services: Services): OpenAPIHono<Env> {
  const { backend, contacts } = services;
  const api = new OpenAPIHono<Env>();

  api.openapi(many, async (c) => {
    const { q, tag, sort, limit, cursor, job: jobId } = c.req.valid("query");
    const { person } = c.var;
    const job = await findJob(services, person, jobId, "see");
    if (jobId && !job) throw await missingJob(services, person, jobId);
    const filter = {
      ...{ ...contactsOf(person), q, tag, sort },
      job: job && { id: job.id, finishedAt: job.finished_at },
    };
    const list = await contacts.list(filter, { limit, after: cursor });
    return c.json(
      {
        contacts: list.contacts.map(contactJson),
        next_cursor: list.next ?? null,
        total: { count: list.total.count, is_estimate: list.total.isEstimate },
        sort: list.sort,
        unsearched: list.unsearched,
      },
      200,
    );
  });

  api.openapi(one, async (c) => c.json(contactJson(await loadContact(c, services)), 200));

  api.openapi(change, async (c) => {
    const { id } = await loadContact(c, services);
    const contact = await updateContact(backend, contactEditor(c), id, c.req.valid("json"));
    return c.json(contactJson(contact), 200);
  });

  api.openapi(remove, async (c) => {
    const { id } = await loadContact(c, services);
    await deleteContact(backend, contactEditor(c), id);
    return c.body(null, 204);
  });

  return api;
}
