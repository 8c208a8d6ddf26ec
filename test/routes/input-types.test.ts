import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { defineJob, type Kind, uploads } from "../../server/job.ts";
import { backends } from "../support/backends.ts";
import { csrfTokenOf } from "../support/cookie-browser.ts";
import { openSite, type Site } from "../support/site.ts";

const order = defineJob({
  title: "Order",
  description: "Has a field of each newer type.",
  input: z.object({
    price: z.number().min(0).max(100).meta({ label: "Price" }),
    note: z.string().nullable().default(null),
    level: z.union([z.literal(1), z.literal(2)]).meta({ options: { 2: "High" } }),
    colours: z.array(z.enum(["red", "green"])).max(1),
    shops: z.array(z.string()).optional(),
    due: z.iso.datetime().optional(),
    recipients: z.array(z.email()).optional(),
    home: z
      .object({ street: z.string().min(3), pin: z.string().optional().meta({ secret: true }) })
      .optional(),
  }),
  steps: { Doing: 1 },
  async choices({ db, accountId }) {
    const rows = await db.selectFrom("accounts").select(["id", "name"]).execute();
    const own = rows.filter(({ id }) => id === accountId);
    return { shops: own.map(({ id }) => ({ value: id, label: `Shop ${id.slice(0, 4)}` })) };
  },
  run: async () => ({ message: "Done" }),
});

/** Writes while its options are looked up. */
const greedy = defineJob({
  title: "Greedy",
  description: "Renames the account.",
  input: z.object({ tags: z.array(z.string()) }),
  steps: { Doing: 1 },
  async choices({ db }) {
    await sql`/* hidden */ update accounts set name = 'changed'`.execute(db);
    return {};
  },
  run: async () => ({ message: "Done" }),
});

const photos = defineJob({
  title: "Photos",
  description: "Takes several files.",
  input: z.object({
    files: uploads("image/png").min(2, "Choose two files"),
    size: z.int().default(1),
  }),
  steps: { Doing: 1 },
  run: async () => ({ message: "Done" }),
});

const catalog = new Map(Object.entries({ order, photos, greedy }) as unknown as [string, Kind][]);

describe.each(backends)("the form of a kind on $name", (which) => {
  let site: Site;
  let ada: Awaited<ReturnType<Site["join"]>>;
  beforeEach(async () => {
    site = await openSite(which, catalog);
    ada = await site.join("ada");
  });
  afterEach(() => site.close());

  const inputs = async () => {
    const jobs = await site.backend.db.selectFrom("jobs").select("input").execute();
    return jobs.map(({ input }) => JSON.parse(input));
  };
  const start = (fields: Record<string, string>, type = "order") =>
    ada.post("/jobs", [["type", type], ...Object.entries(fields)]);

  test("shows the beginning of a long list and of a long text on the page of the job", async () => {
    const recipients = Array.from({ length: 7 }, (_, at) => `${at}@x.test`).join("\n");
    const note = "word ".repeat(100);
    const answer = await start({ price: "1", level: "1", colours: "", recipients, note });
    const page = await ada.browser.text(answer.headers.get("location")!);
    expect(page).toContain(">0@x.test, 1@x.test, 2@x.test and 4 more</summary>");
    expect(page).toContain("<li>6@x.test</li></ul>");
    expect(page).toMatch(/">(?:word ){40} …<\/summary>/);
    expect(page).toContain(`<li>${note}</li>`);
  });

  test("cannot write to the database while it looks up the options", async () => {
    expect((await ada.browser.get("/jobs/new/greedy")).status).toBe(500);
    expect((await start({ tags: "", "tags.a": "on" }, "greedy")).status).toBe(500);
    const { name } = await site.backend.db
      .selectFrom("accounts")
      .select("name")
      .where("id", "=", ada.accountId)
      .executeTakeFirstOrThrow();
    expect(name).not.toBe("changed");
  });

  test("starts a job with a value of each type, shows it, and prefills a form with it", async () => {
    const page = await ada.browser.text("/jobs/new/order");
    expect(page).toMatch(
      /<input type="number" value="" id="f-price" name="price" required min="0" max="100" step="any">/,
    );
    expect(page).toContain('<option value="2">High</option>');
    expect(page).toContain('name="colours.green"');
    expect(page).toContain(`name="shops.${ada.accountId}"`);
    expect(page).toMatch(/<input type="datetime-local" value=""\s+data-utc=""/);
    expect(page).toMatch(/<legend>Home <small>optional/);
    // A browser would not send the form without the optional address.
    expect(page).toMatch(/id="f-home-street" name="home.street" minlength="3">/);
    const answer = await start({
      ...{ price: "9.99", note: "", level: "2", colours: "", "colours.green": "on" },
      ...{ shops: "", [`shops.${ada.accountId}`]: "on", recipients: "a@x.test\nb@x.test" },
      ...{ due: "2026-07-01T12:00", "due.zone": "Europe/Berlin" },
      ...{ "home.street": "Main St", "home.pin": "4711" },
    });
    expect(answer.status).toBe(303);
    expect(await inputs()).toEqual([
      {
        ...{ price: 9.99, note: null, level: 2, colours: ["green"], shops: [ada.accountId] },
        ...{ due: "2026-07-01T10:00:00Z", recipients: ["a@x.test", "b@x.test"] },
        home: { street: "Main St", pin: "4711" },
      },
    ]);
    const path = answer.headers.get("location")!;
    const job = await ada.browser.text(path);
    expect(job).toContain("<dt>Home · Street</dt><dd>Main St</dd>");
    expect(job).toContain("<dd>a@x.test, b@x.test</dd>");
    expect(job).toContain("<dd>High</dd>");
    expect(job).toContain('<time datetime="2026-07-01T10:00:00.000Z">');
    expect(job).not.toContain("4711");
    const token = await site.accounts.createToken(ada.userId, "test");
    const headers = { authorization: `Bearer ${token}`, host: "localhost" };
    const json = await (await site.app.request(`/api${path}`, { headers })).text();
    expect(json).toContain('"home":{"street":"Main St","pin":"********"}');
    const again = await ada.browser.text(`/jobs/new/order?from_job=${path.split("/").at(-1)}`);
    expect(again).toContain('value="9.99"');
    expect(again).toMatch(/name="colours.green"\s+checked>/);
    expect(again).toContain("a@x.test\nb@x.test</textarea>");
    expect(again).toMatch(/value="2026-07-01T10:00"\s+data-utc="2026-07-01T10:00:00Z"/);
    expect(again).toMatch(/value="Main St" id="f-home-street"/);
    expect(again).not.toContain("4711");
    expect(again).not.toContain(">null<");
  });

  test("says beside a field of an object or a list what is wrong with it", async () => {
    const answer = await start({
      ...{ price: "1", level: "1", recipients: "a@x.test\nb@", "home.street": "x" },
      ...{ colours: "", "colours.green": "on", "colours.red": "on", due: "soon" },
    });
    const page = await ada.browser.text(answer.headers.get("location")!);
    expect(page).toMatch(/id="f-home-street-error">.*Use at least 3 characters/);
    expect(page).toMatch(/id="f-recipients-error">.*Line 2: Enter an email address/);
    expect(page).toMatch(/id="f-colours-error">.*Give at most 1/);
    expect(page).toMatch(/id="f-due-error">.*Enter a date and time/);
    expect(page).toContain('value="soon"');
    expect(await inputs()).toEqual([]);
  });

  test("refuses a value that the database does not offer", async () => {
    const fields = { price: "1", level: "1", colours: "", "shops.elsewhere": "on" };
    const answer = await start(fields);
    expect(answer.status).toBe(422);
    expect(await answer.text()).toMatch(/id="f-shops-error">.*Unknown value “elsewhere”/);
    expect(await inputs()).toEqual([]);
  });

  test("takes several files, one upload after another, and leaves out those that are not ticked", async () => {
    const upload = async (path: string, name: string) => {
      const page = await ada.browser.text(path);
      const [, action = ""] = /action="(\/uploads[^"]+)"/.exec(page) ?? [];
      const body = new FormData();
      body.append("token", csrfTokenOf(page));
      body.append("file", new File([name], name, { type: "image/png" }));
      const { cookies } = ada.browser;
      const cookie = [...cookies].map(([key, value]) => `${key}=${value}`).join("; ");
      const headers = { cookie, host: "localhost" };
      const address = action.replaceAll("&amp;", "&");
      const answer = await site.app.request(address, { method: "POST", body, headers });
      return answer.headers.get("location")!;
    };
    let form = await upload("/jobs/new/photos", "one.png");
    for (const name of ["two.png", "three.png"]) {
      const fields = [...new URL(form, "http://localhost").searchParams];
      const answer = await ada.post("/jobs/new/photos", [...fields, ["choose_file", "true"]]);
      form = await upload(answer.headers.get("location")!, name);
    }
    const page = await ada.browser.text(form);
    for (const name of ["one.png", "two.png", "three.png"]) expect(page).toContain(`${name}, `);
    const ids = [...new URL(form, "http://localhost").searchParams.keys()]
      .filter((name) => name.startsWith("files."))
      .map((name) => name.slice("files.".length));
    expect(ids).toHaveLength(3);
    const [first, , third] = ids;
    const few = await start({ files: "", [`files.${first}`]: "on", size: "1" }, "photos");
    expect(await ada.browser.text(few.headers.get("location")!)).toContain("Choose two files");
    const chosen = { [`files.${first}`]: "on", [`files.${third}`]: "on" };
    const answer = await start({ files: "", ...chosen, size: "1" }, "photos");
    expect(answer.status).toBe(303);
    expect(await inputs()).toEqual([{ files: [first, third], size: 1 }]);
    const job = await ada.browser.text(answer.headers.get("location")!);
    expect(job).toContain("<dd>one.png, three.png</dd>");
  });

  test("is described in the API as JSON Schema, with its lists and objects", async () => {
    const api = await (await ada.browser.get("/api/openapi.json")).json();
    const schema = JSON.stringify(api);
    expect(schema).toContain('"maximum":100');
    expect(schema).toMatch(/"home":\{[^}]*"type":"object"|"home":\{"type":"object"/);
    expect(schema).toMatch(/"enum":\["red","green"\]/);
  });
});
