/** Contacts as the API has them. */
import { z } from "@hono/zod-openapi";
import type { ContactRow } from "../../backend/schema.ts";
import { contactSorts } from "../../contacts/contact-sort.ts";
import { iso } from "./job-json.ts";
import { pageLimit } from "./page-limit.ts";
import { text } from "./text-schema.ts";

export const contactSchema = z
  .object({
    id: z.int(),
    email: z.string(),
    first_name: z.string().nullable(),
    last_name: z.string().nullable(),
    company: z.string().nullable(),
    phone: z.string().nullable().meta({ description: "As typed." }),
    phone_e164: z.string().nullable().meta({
      description: "The same number in its international form, if the country is known.",
    }),
    tags: z.array(z.string()),
    custom_fields: z.record(z.string(), z.string()),
    job_id: z.string().nullable().meta({
      description: "The job that changed the contact last. Null if a person or a program did.",
    }),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .openapi("Contact");

export type ContactJson = z.infer<typeof contactSchema>;

export const contactListSchema = z.object({
  contacts: z.array(contactSchema),
  next_cursor: z.string().nullable(),
  total: z.object({
    count: z.int(),
    is_estimate: z
      .boolean()
      .meta({ description: "Whether the count may be a little too high, as for frequent words." }),
  }),
  sort: z.enum(contactSorts).meta({
    description:
      "How the contacts are sorted. Too many contacts to sort have another order than `sort` asks for.",
  }),
  unsearched: z.int().meta({
    description: "Contacts that this search leaves out, because they are not indexed yet.",
  }),
});

export const contactQuery = z.strictObject({
  q: text.max(200).default("").meta({
    description:
      "Words, which must all match. Each is found in any part of a name, email, company, phone, tag or custom field; words of one or two letters only where a word begins.",
  }),
  tag: text.max(200).optional().meta({ description: "Only contacts with this tag." }),
  job: text.optional().meta({ description: "Only contacts that the job of this ID changed." }),
  sort: z.enum(contactSorts).default("email"),
  limit: pageLimit("contacts"),
  cursor: text.max(500).optional().meta({ description: "`next_cursor` of the previous page." }),
});

export const contactPatch = z
  .strictObject({
    email: text.optional(),
    first_name: text.nullable().optional(),
    last_name: text.nullable().optional(),
    company: text.nullable().optional(),
    phone: text.nullable().optional(),
    tags: z.array(text).optional().meta({ description: "Replaces all tags." }),
    custom_fields: z
      .record(text, text.nullable())
      .optional()
      .meta({ description: "Sets these fields and leaves others alone. Null removes a field." }),
  })
  .openapi("ContactPatch");

export function contactJson(contact: ContactRow): ContactJson {
  const { id, email, first_name, last_name, company, phone, phone_e164 } = contact;
  return {
    ...{ id, email, first_name, last_name, company, phone, phone_e164 },
    tags: contact.tags ? JSON.parse(contact.tags) : [],
    custom_fields: contact.custom_fields ? JSON.parse(contact.custom_fields) : {},
    job_id: contact.job_id || null,
    created_at: iso(contact.created_at),
    updated_at: iso(contact.updated_at),
  };
}
