/** The form of a contact (GET and POST /contacts/:id/edit), and its deletion (/contacts/:id/delete). */
import { type Context, Hono } from "hono";
import { parseTags } from "../../jobs/lib/contacts/custom-fields.ts";
import type { ContactRow } from "../backend/schema.ts";
import { InvalidContact } from "../contacts/contact-input.ts";
import { deleteContact, StaleContact, updateContact } from "../contacts/edit-contact.ts";
import { deleteContactPage } from "../presenters/contact.ts";
import {
  type ContactFormValues,
  contactFormPage,
  contactFormValues,
} from "../presenters/contact-form.ts";
import type { Env, Services } from "../services.ts";
import { contactEditor, loadContact } from "./page/contact.ts";
import { setFlash } from "./page/flash.ts";
import { formField } from "./page/form-fields.ts";
import { layoutWithTray } from "./page/tray.ts";

type Form = Parameters<typeof contactFormPage>[1];

export function contactEditRoutes(services: Services): Hono<Env> {
  const { backend, config, contacts, render } = services;
  const routes = new Hono<Env>();

  async function renderForm(c: Context<Env>, contact: ContactRow, form: Form) {
    const page = contactFormPage(contact, form);
    const title = `Edit ${page.heading}`;
    return c.html(
      render.page("contacts/edit", {
        layout: await layoutWithTray(c, services, { title, section: "contacts" }),
        ...page,
        knownFields: await contacts.fields(contact.account_id),
      }),
    );
  }

  routes.get("/contacts/:id/edit", async (c) => {
    const contact = await loadContact(c, services);
    return renderForm(c, contact, { values: contactFormValues(contact) });
  });

  routes.post("/contacts/:id/edit", async (c) => {
    const contact = await loadContact(c, services);
    const body = await c.req.parseBody();
    const values = submittedValues(body);
    const { custom, tags, ...texts } = values;
    try {
      const input = { ...texts, tags: parseTags(tags), custom_fields: Object.fromEntries(custom) };
      const seen = Number(formField(body, "updated_at"));
      await updateContact(backend, contactEditor(c), contact.id, input, seen);
      setFlash(c, { tone: "good", text: "Contact saved" }, config);
      return c.redirect(`/contacts/${contact.id}`, 303);
    } catch (error) {
      if (error instanceof InvalidContact) {
        c.status(422);
        return renderForm(c, contact, { values, errors: error.fields });
      }
      if (!(error instanceof StaleContact)) throw error;
      c.status(409);
      return renderForm(c, contact, { values, error: staleText });
    }
  });

  routes.get("/contacts/:id/delete", async (c) => {
    const page = deleteContactPage(await loadContact(c, services));
    const layout = await layoutWithTray(c, services, { title: page.heading, section: "contacts" });
    return c.html(render.page("contacts/delete", { layout, ...page }));
  });

  routes.post("/contacts/:id/delete", async (c) => {
    const { id } = await loadContact(c, services);
    const seen = Number(formField(await c.req.parseBody(), "updated_at"));
    const deleted = await deleteContact(backend, contactEditor(c), id, seen);
    setFlash(c, { tone: "good", text: `Deleted ${deleted.email}` }, config);
    return c.redirect("/contacts", 303);
  });

  return routes;
}

const staleText =
  "Somebody changed this contact after you opened it. Your values are below: save again to overwrite theirs, or go back to see them.";

/** Custom fields are numbered from 1: `custom_name_1`, `custom_value_1`. */
function submittedValues(body: Record<string, unknown>): ContactFormValues {
  const custom: [string, string][] = [];
  for (let number = 1; `custom_name_${number}` in body; number++) {
    const name = formField(body, `custom_name_${number}`);
    const value = formField(body, `custom_value_${number}`);
    if (name !== "" || value !== "") custom.push([name, value]);
  }
  const text = (name: string) => formField(body, name);
  return {
    email: text("email"),
    first_name: text("first_name"),
    last_name: text("last_name"),
    company: text("company"),
    phone: text("phone"),
    tags: text("tags"),
    custom,
  };
}
