/** GET /contacts: all contacts, filtered by a prefix or by the job that imported them. */
import { type Context, Hono } from "hono";
import {
  type ContactsPage,
  contactsCountText,
  contactView,
  noContactsText,
} from "../presenters/contacts.ts";
import type { Env, Services } from "../services.ts";
import { formatCount } from "../text/counts.ts";
import { findJob } from "./middleware/load-job.ts";
import { layoutWithTray } from "./page/tray.ts";

const rowsOnPage = 50;
const maxQueryLength = 200;

export function contactRoutes(services: Services): Hono<Env> {
  const { catalog, contacts, render } = services;
  const routes = new Hono<Env>();

  routes.get("/contacts", async (c) => {
    const { accountId } = c.var.person;
    const q = (c.req.query("q") ?? "").trim().slice(0, maxQueryLength);
    const after = c.req.query("after");
    const job = await importJob(c, services);
    const search = { accountId, prefix: q, jobId: job?.id };
    const found = await contacts.list(search, { limit: rowsOnPage, after });
    const count = job
      ? await contacts.countOfJob(accountId, job.id)
      : await contacts.count(accountId);
    const href = (more: Record<string, string> = {}) =>
      pageHref({ q, job: job?.id ?? "", ...more });
    const isFiltered = q !== "" && !job;
    const importTitle = catalog.get("contact_import")?.title;
    const page: ContactsPage = {
      layout: await layoutWithTray(c, services, { title: "Contacts", section: "contacts" }),
      q,
      countText: isFiltered
        ? contactsCountText(found.contacts.length, {
            q,
            hasMore: found.next !== undefined,
            isFirst: !after,
          })
        : formatCount(count, "contacts"),
      none: count === 0 && !job,
      emptyText: noContactsText(q),
      contacts: found.contacts.map((contact) => contactView(contact, importTitle)),
      job,
      clearHref: "/contacts",
      nextHref: found.next ? href({ after: found.next }) : null,
      firstHref: after ? href() : null,
      importHref: "/jobs/new/contact_import",
    };
    return c.html(render.page("contacts/index", page));
  });

  return routes;
}

/** The job of `?job=`, or null if the person may not see it. */
async function importJob(c: Context<Env>, services: Services): Promise<ContactsPage["job"]> {
  const job = await findJob(services, c.var.person, c.req.query("job"), "see");
  if (!job) return null;
  const { id, kind } = job;
  const title = services.catalog.get(kind)?.title ?? kind;
  return { id, title, href: `/jobs/${id}` };
}

function pageHref(query: Record<string, string>): string {
  const set = Object.entries(query).filter(([, value]) => value);
  return `/contacts?${new URLSearchParams(set)}`;
}
