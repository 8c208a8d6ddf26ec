/** GET /contacts/:id: one contact with its history. POST /contacts/:id/tags adds or removes a tag. */
import { Hono } from "hono";
import { parseTags } from "../../jobs/lib/contacts/custom-fields.ts";
import { listUserNames } from "../accounts/users.ts";
import { updateContact } from "../contacts/edit-contact.ts";
import { contactPage } from "../presenters/contact.ts";
import type { Env, Services } from "../services.ts";
import { contactEditor, loadContact } from "./page/contact.ts";
import { setFlash } from "./page/flash.ts";
import { formField } from "./page/form-fields.ts";
import { listJobTitles } from "./page/job-titles.ts";
import { layoutWithTray } from "./page/tray.ts";

export function contactPageRoutes(services: Services): Hono<Env> {
  const { backend, config, contacts, render } = services;
  const routes = new Hono<Env>();

  routes.get("/contacts/:id", async (c) => {
    const contact = await loadContact(c, services);
    const history = await contacts.history(contact);
    const userIds = history.flatMap(({ by }) => ("userId" in by ? [by.userId] : []));
    const jobIds = history.flatMap(({ by }) => ("jobId" in by ? [by.jobId] : []));
    const page = contactPage(contact, history, {
      jobs: await listJobTitles(c.var.person, services, jobIds),
      names: await listUserNames(backend, userIds),
    });
    const title = page.heading;
    return c.html(
      render.page("contacts/show", {
        layout: await layoutWithTray(c, services, { title, section: "contacts" }),
        ...page,
        knownTags: await contacts.tags(contact.account_id),
      }),
    );
  });

  routes.post("/contacts/:id/tags", async (c) => {
    const { id } = await loadContact(c, services);
    const body = await c.req.parseBody();
    const added = parseTags(formField(body, "add"));
    const removed = formField(body, "remove");
    const after = await updateContact(backend, contactEditor(c), id, ({ tags }) => {
      const known: string[] = JSON.parse(tags ?? "[]");
      return { tags: [...known.filter((tag) => tag !== removed), ...added] };
    });
    if (added.length > 0) setFlash(c, { tone: "good", text: "Tags saved" }, config);
    return c.redirect(`/contacts/${after.id}`, 303);
  });

  return routes;
}
