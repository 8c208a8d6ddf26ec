import type { TrayView } from "../../../presenters/layout.ts";
import type { Pages } from "../../../templates.ts";
import { jobs } from "../jobs.ts";
import { layout, time } from "../layout.ts";
import { options } from "./fields.ts";
import type { PageExamples } from "./page-example.ts";

const tray: TrayView = {
  count: 7,
  countText: "7",
  jobs: [jobs.running, jobs.unknownTotal, jobs.retrying, jobs.queued, jobs.scheduled],
};

const contacts: Pages["contacts/index"] = {
  layout: { ...layout, title: "Contacts", section: "contacts", topics: [], tray },
  q: "",
  sorts: options("Sort by email", "Sort by email", "Sort by name", "Sort newest first"),
  tags: options("Any tag", "Any tag", "VIP", "Newsletter"),
  countText: "99,702 contacts",
  notes: ["1 contact on this page was changed later."],
  none: false,
  emptyText: "",
  emptyAdvice: "",
  contacts: ["Ada Lovelace", "Grace Hopper", "Katherine Johnson", "Margaret Hamilton"].map(
    (name, place) => ({
      id: place + 1,
      href: `/contacts/${place + 1}`,
      name,
      email: {
        local: name.toLowerCase().replace(" ", "."),
        domain: "@a-rather-long-company-name.example.com",
      },
      company: place % 2 ? "" : "Analytical Engines & Co. KG",
      phone: place % 3 ? "" : "+44 20 7946 0018",
      tags: place % 2 ? [] : [{ name: "VIP", href: "/contacts?tag=VIP" }],
      source:
        place === 1
          ? { text: "Edited by a person", href: null, isLater: true }
          : { text: "Import contacts, autumn-fair.csv", href: jobs.done.href, isLater: false },
      updated: time("14:09"),
    }),
  ),
  job: {
    id: jobs.done.id,
    title: "Import contacts",
    href: jobs.done.href,
  },
  isFiltered: true,
  clearHref: "/contacts",
  firstHref: "/contacts",
  previousHref: "/contacts?before=ada",
  nextHref: "/contacts?after=ada",
  importHref: "/jobs/new/contact_import",
  exportHref: "/jobs/new/contact_export",
};

/** The list of contacts. */
export const contactsPages: PageExamples = {
  contacts: { template: "contacts/index", data: contacts },
  "contacts-none": {
    template: "contacts/index",
    data: { ...contacts, none: true, contacts: [], notes: [], job: null, isFiltered: false },
  },
  "contacts-no-match": {
    template: "contacts/index",
    data: {
      ...contacts,
      q: "zebra",
      countText: "0 contacts match",
      emptyText: "No contacts match “zebra”",
      emptyAdvice: "Search looks in names, emails, companies, phones, tags and custom fields.",
      notes: [],
      tags: [],
      contacts: [],
      firstHref: null,
      previousHref: null,
      job: null,
      nextHref: null,
    },
  },
};
