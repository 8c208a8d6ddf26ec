/** GET /contacts: the audience, with what brought it. */
import { Hono } from "hono";
import { can } from "../accounts/authorize.ts";
import { type ContactRow, countContacts, searchContacts } from "../contacts/search.ts";
import type { ContactsPage, ContactView } from "../presenters/contacts.ts";
import type { Env, Services } from "../services.ts";
import { formatCount } from "../text/counts.ts";
import { formatDateTime } from "../text/dates.ts";
import { findJob } from "./job/job-of.ts";
import { layoutWithTray } from "./page/tray.ts";

const rowsOnPage = 50;

export function contactRoutes(services: Services): Hono<Env> {
  const { backend, catalog, render } = services;
  const routes = new Hono<Env>();

  routes.get("/contacts", async (c) => {
    const { person } = c.var;
    const q = (c.req.query("q") ?? "").trim().slice(0, 200);
    const job = await jobFrom(c.req.query("job"));
    const after = c.req.query("after");
    const search = { accountId: person.accountId, prefix: q, jobId: job?.id };
    const { contacts, next } = await searchContacts(backend.db, search, {
      limit: rowsOnPage,
      after,
    });
    const count = await countContacts(backend.db, person.accountId);
    const href = (more: Record<string, string>) => {
      const given = Object.entries({ q, job: job?.id ?? "", ...more }).filter(([, value]) => value);
      return `/contacts?${new URLSearchParams(given)}`;
    };
    const page: ContactsPage = {
      layout: await layoutWithTray(c, services, { title: "Contacts", section: "contacts" }),
      q,
      countText:
        q || job ? foundText(contacts.length, { next, after }) : formatCount(count, "contacts"),
      none: count === 0,
      contacts: contacts.map((contact) =>
        contactView(contact, catalog.get("contact_import")?.title),
      ),
      job: job ? { ...job, clearHref: "/contacts" } : null,
      nextHref: next ? href({ after: next }) : null,
      firstHref: after ? href({}) : null,
      importHref: "/jobs/new/contact_import",
    };
    return c.html(render.page("contacts/index", page));

    async function jobFrom(id: string | undefined) {
      const row = id ? await findJob(services.jobs, id) : undefined;
      if (!row || !can(person, "see", row)) return undefined;
      return {
        id: row.id,
        title: catalog.get(row.kind)?.title ?? row.kind,
        href: `/jobs/${row.id}`,
      };
    }
  });

  return routes;
}

/** Counting all that match would mean reading them all. */
function foundText(shown: number, page: { next: string | undefined; after: string | undefined }) {
  if (page.next && !page.after) return `More than ${shown} contacts match`;
  const what = page.after ? "more contacts" : "contacts";
  return `${formatCount(shown, what)} ${shown === 1 ? "matches" : "match"}`;
}

function contactView(contact: ContactRow, jobTitle = "a job"): ContactView {
  return {
    name: [contact.first_name, contact.last_name].filter(Boolean).join(" "),
    email: contact.email,
    company: contact.company ?? "",
    phone: contact.phone ?? "",
    job: { href: `/jobs/${contact.job_id}`, title: jobTitle },
    updated: formatDateTime(contact.updated_at),
  };
}
