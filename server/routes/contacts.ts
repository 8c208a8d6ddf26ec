/** GET /contacts: the contacts of the account, searched, filtered by tag or job, and sorted. */
import { type Context, Hono } from "hono";
import { contactsOf } from "../accounts/authorize.ts";
import type { JobRow } from "../backend/schema.ts";
import { type ContactSort, contactSorts } from "../contacts/contact-sort.ts";
import { maxSorted } from "../contacts/search/search-contacts.ts";
import {
  type ContactsPage,
  contactsCountText,
  contactView,
  listNotes,
  noContactsText,
  searchAdvice,
  sortOptions,
  tagOptions,
} from "../presenters/contacts.ts";
import type { Env, Services } from "../services.ts";
import { findJob, missingJob } from "./middleware/load-job.ts";
import { listJobTitles } from "./page/job-titles.ts";
import { layoutWithTray } from "./page/tray.ts";

const rowsOnPage = 50;
const maxQueryLength = 200;

export function contactRoutes(services: Services): Hono<Env> {
  const { contacts, render } = services;
  const routes = new Hono<Env>();

  routes.get("/contacts", async (c) => {
    const { accountId } = contactsOf(c.var.person);
    const { q, tag, sort, after, before } = readListQuery(c);
    const job = await findListedJob(c, services);
    const filter = { accountId, q, tag, sort, ...(job && { job: listedJob(job) }) };
    const list = await contacts.list(filter, { limit: rowsOnPage, after, before });
    const titles = await listJobTitles(c.var.person, services, [
      ...list.contacts.map(({ job_id }) => job_id),
      ...(job ? [job.id] : []),
    ]);
    const views = list.contacts.map((contact) => contactView(contact, titles, job?.id));
    const isFiltered = q !== "" || tag !== undefined || job !== undefined;
    const set = { q, tag, job: job?.id, sort: sort === "email" ? undefined : sort };
    const page: ContactsPage = {
      layout: await layoutWithTray(c, services, { title: "Contacts", section: "contacts" }),
      ...{ q, isFiltered },
      sorts: sortOptions(sort),
      tags: tagOptions(await contacts.tags(accountId), tag),
      countText: contactsCountText(list.total, { q, tag }),
      notes: listNotes({
        ...{ wantedSort: sort, sort: list.sort, maxSorted, unsearched: list.unsearched },
        later: views.filter(({ source }) => source.isLater).length,
      }),
      none: !isFiltered && list.total.count === 0,
      emptyText: noContactsText({ q, tag }),
      emptyAdvice: searchAdvice(q),
      contacts: views,
      job: job ? { id: job.id, title: titles.get(job.id) ?? "", href: `/jobs/${job.id}` } : null,
      clearHref: "/contacts",
      firstHref: list.previous === undefined ? null : address("/contacts", set),
      previousHref:
        list.previous === undefined
          ? null
          : address("/contacts", { ...set, before: list.previous }),
      nextHref: list.next === undefined ? null : address("/contacts", { ...set, after: list.next }),
      importHref: "/jobs/new/contact_import",
      exportHref: address("/jobs/new/contact_export", { q, tag, job_id: job?.id }),
    };
    return c.html(render.page("contacts/index", page));
  });

  return routes;
}

function readListQuery(c: Context<Env>) {
  const sort = c.req.query("sort") as ContactSort;
  return {
    q: (c.req.query("q") ?? "").trim().slice(0, maxQueryLength),
    tag: c.req.query("tag")?.slice(0, maxQueryLength) || undefined,
    sort: contactSorts.includes(sort) ? sort : "email",
    after: c.req.query("after"),
    before: c.req.query("before"),
  };
}

/**
 * The job of `?job=`, undefined without one.
 * @throws HttpError 404, 410 if the person may not see it
 */
async function findListedJob(c: Context<Env>, services: Services): Promise<JobRow | undefined> {
  const id = c.req.query("job");
  if (!id) return undefined;
  const job = await findJob(services, c.var.person, id, "see");
  if (!job) throw await missingJob(services, c.var.person, id);
  return job;
}

function listedJob({ id, finished_at }: JobRow) {
  return { id, finishedAt: finished_at };
}

/** @returns the address with the fields that are set */
function address(path: string, query: Record<string, string | undefined>): string {
  const set = Object.entries(query).filter((entry): entry is [string, string] => !!entry[1]);
  const search = new URLSearchParams(set).toString();
  return search ? `${path}?${search}` : path;
}
