import type { Pages } from "../../../templates.ts";
import { jobs } from "../jobs.ts";
import { layout, time } from "../layout.ts";
import { field } from "./fields.ts";
import type { PageExamples } from "./page-example.ts";

const contactLayout = {
  ...layout,
  title: "Ada Lovelace",
  section: "contacts" as const,
  topics: [],
};
const contact: Pages["contacts/show"] = {
  layout: contactLayout,
  heading: "Ada Lovelace",
  email: { local: "ada.lovelace", domain: "@a-rather-long-company-name.example.com" },
  mailHref: "mailto:ada.lovelace@a-rather-long-company-name.example.com",
  fields: [
    { label: "Company", value: "Analytical Engines & Co. KG" },
    { label: "Phone", value: "020 7946 0018" },
    { label: "City <small>", value: "London" },
  ],
  tags: [{ name: "VIP", href: "/contacts?tag=VIP", removeId: "remove-tag-1" }],
  created: time("14:03"),
  updated: time("14:09"),
  editHref: "/contacts/1/edit",
  deleteHref: "/contacts/1/delete",
  tagsAction: "/contacts/1/tags",
  knownTags: ["VIP", 'New "York"'],
  history: [
    {
      at: time("14:09"),
      verb: "Changed by",
      by: "Grace Hopper",
      href: null,
      changes: [{ label: "Company", before: "empty", after: "Analytical Engines & Co. KG" }],
    },
    {
      at: time("14:03"),
      verb: "Created by",
      by: "Import contacts, autumn-fair.csv",
      href: jobs.done.href,
      changes: [],
    },
  ],
};

const contactForm: Pages["contacts/edit"] = {
  layout: contactLayout,
  heading: "Ada Lovelace",
  backHref: "/contacts/1",
  action: "/contacts/1/edit",
  updatedAt: "1763906712345",
  fields: [
    field("email", "Email", { type: "email", value: "ada@", error: "No domain in the email" }),
    field("first_name", "First name", { value: "Ada", required: false }),
  ],
  customFields: [
    { number: 1, name: 'City "<b>', value: "London", isNew: false, error: "" },
    { number: 2, name: "", value: "x", isNew: true, error: "A field needs a name" },
  ],
  knownFields: ["City", "Notes"],
  error: "Somebody changed this contact after you opened it.",
};

/** One contact: its page, its form, and the question before it is deleted. */
export const contactPages: PageExamples = {
  contact: { template: "contacts/show", data: contact },
  "contact-new": {
    template: "contacts/show",
    data: { ...contact, fields: [], tags: [], knownTags: [], history: [] },
  },
  "contact-form": { template: "contacts/edit", data: contactForm },
  "contact-delete": {
    template: "contacts/delete",
    data: {
      layout: contactLayout,
      heading: "Delete Ada Lovelace?",
      email: "ada@example.com",
      action: "/contacts/1/delete",
      updatedAt: "1763906712345",
      backHref: "/contacts/1",
    },
  },
};
