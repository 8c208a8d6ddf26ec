import type { Hono } from "hono";
import { writeXlsx } from "hucre";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import contactExport from "../../jobs/contact_export.ts";
import contactImport from "../../jobs/contact_import.ts";
import { defineJob, type Kind, upload } from "../../server/job.ts";
import type { Env } from "../../server/services.ts";
import { ada, Browser, csrfTokenOf, signedUp } from "../support/cookie-browser.ts";
import { type TestDatabase, testDatabase } from "../support/database.ts";
import { createWebApp } from "../support/web-app.ts";

const everything = defineJob({
  title: "Everything",
  description: "Has a field of each type.",
  input: z.object({
    times: z.coerce.number().int().min(1).max(10).default(3).meta({ label: "How often" }),
    subject: z.string().min(1).max(20),
    reply_to: z.email().optional(),
    note: z.string().default("").meta({ multiline: true, help: "Nobody else sees it." }),
    style: z.enum(["calm", "wild"]).meta({ options: { wild: "Very wild" } }),
    loud: z.boolean().default(true),
    code: z.string().optional().meta({ secret: true }),
    pem: z.string().optional().meta({ secret: true, multiline: true }),
    pin: z.coerce.number().optional().meta({ secret: true }),
  }),
  steps: { Doing: 1 },
  expectedSeconds: 90,
  run: async () => ({ message: "Done" }),
});
const scan = defineJob({
  title: "Scan",
  description: "Takes a file as it is.",
  input: z.object({ upload_id: upload("image/png"), pages: z.number().default(1) }),
  steps: { Scanning: 1 },
  run: async () => ({ message: "Done" }),
});
const hidden = { ...everything, title: "Hidden", listed: false };
const elsewhere = { ...everything, title: "Elsewhere", startPage: "/campaigns/new" };

const catalog = new Map<string, Kind>(
  Object.entries({
    contact_import: contactImport,
    contact_export: contactExport,
    everything,
    scan,
    hidden,
    elsewhere,
  }) as unknown as [string, Kind][],
);

const maxUploadBytes = 200_000;
let database: TestDatabase;
let app: Hono<Env>;
let browser: Browser;

beforeEach(async () => {
  database = await testDatabase();
  app = createWebApp(database, { config: { maxUploadBytes }, catalog }).app;
  browser = await signedUp(app);
});
afterEach(() => database.close());

const jobs = () => database.backend.db.selectFrom("jobs").selectAll().execute();

/** @returns the values of the hidden fields of a page, by name */
function hiddenIn(page: string): Record<string, string> {
  const found = page.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g);
  return Object.fromEntries([...found].map(([, name, value]) => [name, value]));
}

/** @returns the selected option of each select of a page, by name */
function chosenIn(page: string): Record<string, string> {
  const selects = page.matchAll(/<select [^>]*?name="([^"]+)"[\s\S]*?<\/select>/g);
  return Object.fromEntries(
    [...selects].map(([select, name]) => {
      return [name, /value="([^"]*)" selected/.exec(select)?.[1] ?? "(none)"];
    }),
  );
}

/** @returns the text of the element with this id */
function textOf(page: string, id: string): string {
  const [, html = ""] = new RegExp(`id="${id}"[^>]*>([\\s\\S]*?)</p>`).exec(page) ?? [];
  return html
    .replace(/<svg[\s\S]*?<\/svg>|<[^>]+>/g, "")
    .replace(/\s+/g, " ")
    .trim();
}

/** @returns the cells of the preview, its header first */
function previewIn(page: string): string[][] {
  const [, table = ""] = /id="preview"([\s\S]*?)<\/section>/.exec(page) ?? [];
  return [...table.matchAll(/<tr>([\s\S]*?)<\/tr>/g)].map(([, row = ""]) =>
    [...row.matchAll(/<t[hd][^>]*>([\s\S]*?)<\/t[hd]>/g)].map(([, cell = ""]) => cell),
  );
}

/** @returns each select that is marked as wrong: its name, the id of its error, and whether it has the focus */
function invalidIn(page: string): string[] {
  const selects = [...page.matchAll(/<select [^>]*aria-invalid="true"[^>]*>/g)].map(String);
  return selects.map((select) => {
    const [, name] = /name="([^"]+)"/.exec(select)!;
    const [, error] = /aria-describedby="([^"]+)"/.exec(select)!;
    expect(page).toContain(`id="${error}"`);
    return `${name} ${error}${/\sautofocus\b/.test(select) ? " focused" : ""}`;
  });
}

/** Submits a form. @returns the page on which it is shown again */
async function shownAgain(path: string, fields: Record<string, string>): Promise<Response> {
  const answer = await browser.post(path, fields);
  expect(answer.status).toBe(303);
  const address = answer.headers.get("location")!;
  expect(address).toMatch(/^\/jobs\/new\/\w+\?/);
  return browser.get(address);
}

/** Submits the upload form of a page. */
async function uploadOn(
  page: string,
  content: string | Buffer<ArrayBuffer>,
  name = "people.csv",
  who = browser,
) {
  const html = await who.text(page);
  const action = /action="(\/uploads[^"]+)"/.exec(html)![1]!.replaceAll("&amp;", "&");
  const body = new FormData();
  for (const [field, value] of Object.entries(hiddenIn(html))) body.append(field, value);
  body.append("file", new File([content], name, { type: "text/csv" }));
  return send(action, body, who);
}

function send(path: string, body: FormData, who = browser) {
  const cookie = [...who.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  return app.request(path, { method: "POST", body, headers: { cookie, host: "localhost" } });
}

describe("the page to choose a kind", () => {
  test("lists all kinds but the unlisted", async () => {
    const page = await browser.text("/jobs/new");
    expect(page).toContain('href="/jobs/new/contact_import"');
    expect(page).toContain("Usually about 90 seconds");
    expect(page).toContain('href="/campaigns/new"');
    expect(page).not.toContain("Hidden");
  });

  test("an unknown kind is not found, and a kind with its own start page redirects to it", async () => {
    expect((await browser.get("/jobs/new/nothing")).status).toBe(404);
    const answer = await browser.get("/jobs/new/elsewhere");
    expect(answer.headers.get("location")).toBe("/campaigns/new");
  });

  test("requires a session", async () => {
    const answer = await new Browser(app).get("/jobs/new/everything");
    expect(answer.headers.get("location")).toBe("/sign-in?next=%2Fjobs%2Fnew%2Feverything");
  });
});

describe("the form of a kind", () => {
  test("has a fitting field for each type of input", async () => {
    const page = await browser.text("/jobs/new/everything");
    expect(page).toContain('<label for="f-times">How often</label>');
    expect(page).toMatch(/<input type="number" value="3" id="f-times"/);
    expect(page).toMatch(/<input type="text" value="" id="f-subject" name="subject" required/);
    expect(page).toMatch(/<label for="f-reply_to">Reply to <small>optional/);
    expect(page).toMatch(/<input type="email" value="" id="f-reply_to"/);
    expect(page).toMatch(/<textarea rows="6" id="f-note"/);
    expect(page).toContain("Nobody else sees it.");
    expect(page).toContain('<option value="" selected>Choose one</option>');
    expect(page).toContain('<option value="wild">Very wild</option>');
    expect(page).toMatch(/<input type="checkbox" value="on" id="f-loud"[^>]* checked>/);
    expect(page).toMatch(/<input type="password" value="" autocomplete="new-password" id="f-code"/);
    expect(page).toMatch(/<textarea rows="6" id="f-pem"/);
    expect(page).toMatch(/<input type="number" value="" id="f-pin"/);
    expect(page).not.toContain("aria-invalid");
  });

  test("is prefilled from the query and shows errors of the prefilled fields", async () => {
    const page = await browser.text("/jobs/new/everything?times=99&style=wild&subject=Hi&loud=off");
    expect(page).toMatch(/value="99" id="f-times" name="times"[^>]* aria-invalid="true"/);
    expect(page).toContain("Enter 10 or less");
    expect(page).toContain('value="Hi"');
    expect(chosenIn(page)).toEqual({ style: "wild", when: "now" });
    expect(page).not.toContain("checked>");
    expect(page.match(/aria-invalid/g)).toHaveLength(1);
  });

  test("starts a job and redirects to it", async () => {
    const page = await browser.text("/jobs/new/everything");
    const fields = { ...hiddenIn(page), times: "4", subject: " Hi ", style: "calm", reply_to: "" };
    const answer = await browser.post("/jobs", fields);
    expect(answer.status).toBe(303);
    const [job] = await jobs();
    expect(answer.headers.get("location")).toBe(`/jobs/${job!.id}`);
    expect(job).toMatchObject({ kind: "everything", status: "queued" });
    expect(JSON.parse(job!.input)).toEqual({
      times: 4,
      subject: " Hi ",
      style: "calm",
      note: "",
      loud: false,
    });
  });

  test("is rendered again after errors, with a message at each field and all values but secrets", async () => {
    const page = await browser.text("/jobs/new/everything");
    const values = { times: "many", subject: "", style: "", reply_to: "ada@", note: "<b>keep</b>" };
    const secret = { code: "open sesame", pem: "sesame, twice" };
    const answer = await shownAgain("/jobs", { ...hiddenIn(page), ...values, ...secret });
    expect(answer.status).toBe(422);
    const again = await answer.text();
    expect(again).not.toContain("sesame");
    expect(again).toContain('value="many"');
    expect(again).toContain("Enter a number");
    expect(again).toMatch(/id="f-subject-error">.*Required/);
    expect(again).toMatch(/id="f-style-error">.*Choose one of the options/);
    expect(again).toMatch(/id="f-reply_to-error">.*Enter an email address such as/);
    expect(again).toContain("&lt;b&gt;keep&lt;/b&gt;");
    expect(again).not.toContain("checked>");
    expect(hiddenIn(again).idempotency_key).toBe(hiddenIn(page).idempotency_key);
    expect(await jobs()).toEqual([]);
  });

  test("keeps its values when its address is loaded again after a refusal, but no secret", async () => {
    const page = await browser.text("/jobs/new/everything");
    const values = { subject: "Hi", times: "99", when: "at", when_at: "2020-01-01T02:00" };
    const fields = { ...hiddenIn(page), ...values, style: "wild", code: "open sesame" };
    const address = (await browser.post("/jobs", fields)).headers.get("location")!;
    expect(address).not.toContain("sesame");
    expect(address).not.toContain("token=");
    for (let time = 0; time < 2; time++) {
      const again = await browser.text(address);
      expect(again).toContain('value="Hi"');
      expect(again).toContain("Enter 10 or less");
      expect(again).toContain("This time has passed");
      expect(chosenIn(again)).toEqual({ style: "wild", when: "at" });
      expect(hiddenIn(again).idempotency_key).toBe(hiddenIn(page).idempotency_key);
    }
    expect(await jobs()).toEqual([]);
  });

  test("is the answer itself if an address cannot hold its values or tell its error", async () => {
    const page = await browser.text("/jobs/new/everything");
    const fields = { ...hiddenIn(page), subject: "Hi", style: "wild" };
    const long = await browser.post("/jobs", { ...fields, subject: "", note: "x".repeat(7_000) });
    expect(long.status).toBe(422);
    expect(await long.text()).toContain("x".repeat(7_000));
    const secret = await browser.post("/jobs", { ...fields, pin: "many" });
    expect(secret.status).toBe(422);
    expect(await secret.text()).toMatch(/id="f-pin-error">.*Enter a number/);
  });

  test("starts one job when it is sent twice, and says so if the second differs", async () => {
    const fields = hiddenIn(await browser.text("/jobs/new/everything"));
    const values = { ...fields, subject: "Hi", style: "calm" };
    const first = await browser.post("/jobs", values);
    expect(await browser.text("/jobs/new")).not.toContain("flash");
    const second = await browser.post("/jobs", values);
    expect(second.headers.get("location")).toBe(first.headers.get("location"));
    expect(await browser.text("/jobs/new")).toContain("You already started this. This is the job.");
    const third = await browser.post("/jobs", { ...values, subject: "Bye" });
    expect(third.headers.get("location")).toBe(first.headers.get("location"));
    const changed = await browser.text("/jobs/new");
    expect(changed).toMatch(/You already started this\.\s*<a id="flash-link"/);
    const [, link = ""] = /id="flash-link" href="([^"]*)"/.exec(changed) ?? [];
    expect(await browser.text(link.replaceAll("&amp;", "&"))).toContain('value="Bye"');
    expect(await jobs()).toHaveLength(1);
  });

  test("starts nothing without its CSRF token or for an unknown kind", async () => {
    const fields = hiddenIn(await browser.text("/jobs/new/everything"));
    const values = { ...fields, subject: "Hi", style: "calm" };
    expect((await browser.post("/jobs", { ...values, token: "other" })).status).toBe(403);
    expect((await browser.post("/jobs", { ...values, type: "nothing" })).status).toBe(404);
    expect(await jobs()).toEqual([]);
  });
});

describe("the file of a form", () => {
  const people = "E-Mail;Vorname;Notiz\nada@x.test;Ada;<i>\nbob@x.test;Bob;\n";

  test("is uploaded first, then its columns are mapped", async () => {
    const answer = await uploadOn("/jobs/new/contact_import?duplicates=skip", people);
    expect(answer.status).toBe(303);
    const next = answer.headers.get("location")!;
    expect(next).toMatch(/^\/jobs\/new\/contact_import\?duplicates=skip&upload_id=[\w-]+$/);
    const page = await browser.text(next);
    expect(page).toContain("people.csv");
    expect(page).toContain("2 rows");
    expect(page).toContain("UTF-8");
    expect(page).toContain("Semicolon");
    expect(page).toContain("&lt;i&gt;");
    expect(chosenIn(page)).toEqual({
      "mapping.0": "email",
      "mapping.1": "first_name",
      "mapping.2": "custom",
      encoding: "utf-8",
      delimiter: "semicolon",
      first_row: "names",
      duplicates: "skip",
      when: "now",
    });
    const started = await browser.post("/jobs", { ...hiddenIn(page), ...chosenIn(page) });
    expect(started.status).toBe(303);
    const [job] = await jobs();
    expect(JSON.parse(job!.input)).toEqual({
      upload_id: hiddenIn(page).upload_id,
      mapping: { 0: "email", 1: "first_name", 2: "custom" },
      encoding: "utf-8",
      delimiter: "semicolon",
      first_row: "names",
      duplicates: "skip",
      validate_only: false,
    });
  });

  test("is read again in another way, and a wrong way is said beside the field", async () => {
    const notes = Buffer.from("Our guests|2026\n\nMail|Name\nada@x.test|Ada\n");
    const next = (await uploadOn("/jobs/new/contact_import", notes)).headers.get("location")!;
    const page = await browser.text(next);
    const fields = { ...hiddenIn(page), ...chosenIn(page) };
    const path = "/jobs/new/contact_import";
    const way = { start_row: "3", delimiter: "pipe", read_again: "1" };
    const again = await shownAgain(path, { ...fields, ...way });
    expect(again.status).toBe(200);
    const read = await again.text();
    expect(chosenIn(read)).toMatchObject({ "mapping.0": "email", "mapping.1": "full_name" });
    expect(read).toContain('id="reading" open>');
    expect(hiddenIn(read)).toMatchObject({ idempotency_key: fields.idempotency_key });
    const wrong = await shownAgain(path, { ...fields, start_row: "900" });
    expect(wrong.status).toBe(422);
    expect(await wrong.text()).toContain("people.csv is empty");
    expect(await jobs()).toEqual([]);
  });

  test("says in which rows letters are lost, beside the way to choose the encoding", async () => {
    const damaged = "email,name\nada@x.test,Zo\ufffd\nbob@x.test,Zoë\n";
    const answer = await uploadOn("/jobs/new/contact_import", damaged);
    const page = await browser.text(answer.headers.get("location")!);
    expect(page).toContain("Row 2 has letters that can’t be read as UTF-8.");
    expect(page).toContain('id="reading" open>');
  });

  describe("a workbook with several sheets", () => {
    const sheets = [
      {
        name: "People",
        rows: [
          ["Email", "Vorname"],
          ["ada@x.test", "Ada"],
        ],
      },
      {
        name: "Firms",
        rows: [
          ["Company", "Mail"],
          ["Engines", "info@x.test"],
        ],
      },
    ];
    const path = "/jobs/new/contact_import";

    async function uploaded(workbook: typeof sheets) {
      const bytes = Buffer.from(await writeXlsx({ sheets: workbook }));
      const answer = await uploadOn(path, bytes, "people.xlsx");
      return browser.text(answer.headers.get("location")!);
    }

    test("asks for the sheet, and shows the columns of another one with their own mapping", async () => {
      const page = await uploaded(sheets);
      expect(page).not.toMatch(/Encoding|Delimiter/);
      expect(chosenIn(page)).toMatchObject({ sheet: "People", "mapping.0": "email" });
      expect(hiddenIn(page)).toMatchObject({ shown_table: "People" });
      const fields = { ...hiddenIn(page), ...chosenIn(page) };
      const other = await (await shownAgain(path, { ...fields, sheet: "Firms" })).text();
      expect(chosenIn(other)).toMatchObject({
        sheet: "Firms",
        "mapping.0": "company",
        "mapping.1": "email",
      });
      const kept = { ...hiddenIn(other), ...chosenIn(other), "mapping.0": "" };
      const again = await (await shownAgain(path, kept)).text();
      expect(chosenIn(again)).toMatchObject({ sheet: "Firms", "mapping.0": "" });
      expect((await browser.post("/jobs", { ...hiddenIn(again), ...chosenIn(again) })).status).toBe(
        303,
      );
      const [job] = await jobs();
      expect(JSON.parse(job!.input)).toMatchObject({
        sheet: "Firms",
        mapping: { 0: "", 1: "email" },
      });
    });

    test("never starts with the columns of a sheet for those of another", async () => {
      const page = await uploaded(sheets);
      const fields = { ...hiddenIn(page), ...chosenIn(page), sheet: "Firms" };
      const answer = await shownAgain("/jobs", fields);
      expect(answer.status).toBe(422);
      const again = await answer.text();
      expect(again).toContain("You chose another sheet. Check its columns, then start.");
      expect(chosenIn(again)).toMatchObject({ sheet: "Firms", "mapping.1": "email" });
      expect(await jobs()).toEqual([]);
      expect((await browser.post("/jobs", { ...hiddenIn(again), ...chosenIn(again) })).status).toBe(
        303,
      );
    });

    test("asks for no sheet if there is only one", async () => {
      const page = await uploaded(sheets.slice(0, 1));
      expect(chosenIn(page)).not.toHaveProperty("sheet");
      expect(page).not.toContain("shown_table");
      expect((await browser.post("/jobs", { ...hiddenIn(page), ...chosenIn(page) })).status).toBe(
        303,
      );
    });
  });

  test("is previewed as it would be saved, and says what would be rejected and why", async () => {
    const file = "Mail,City,Groups\nada@x.test,London,VIP; News\nbob,Oslo,\n,,\n,Rome,\n";
    const next = (await uploadOn("/jobs/new/contact_import", file)).headers.get("location")!;
    const page = await browser.text(next);
    expect(textOf(page, "trial")).toBe(
      "2 of 3 rows would be rejected: No @ in the email (1), Missing email (1).",
    );
    expect(previewIn(page)).toEqual([
      ["Email", "Tags", "City (custom field)"],
      ["ada@x.test", "VIP, News", "London"],
    ]);
    const chosen = { ...hiddenIn(page), ...chosenIn(page), "mapping.1": "company" };
    const again = await (
      await shownAgain("/jobs/new/contact_import", { ...chosen, "mapping.2": "" })
    ).text();
    expect(previewIn(again)).toEqual([
      ["Email", "Company"],
      ["ada@x.test", "London"],
    ]);
    expect(again).not.toContain('id="reading" open');
    expect(page.indexOf('id="preview"')).toBeLessThan(page.indexOf('id="submit"'));
  });

  test("has a note before the start if no column seems to hold the email", async () => {
    const file = "Vorname,Ort\nAda,London\n";
    const next = (await uploadOn("/jobs/new/contact_import", file)).headers.get("location")!;
    const page = await browser.text(next);
    expect(textOf(page, "mapping-note")).toBe(
      "No column holds the email yet. Choose the one that does.",
    );
    expect(page).not.toMatch(/id="trial"|aria-invalid/);
    const sent = { ...hiddenIn(page), ...chosenIn(page) };
    const refused = await (await shownAgain("/jobs", sent)).text();
    expect(invalidIn(refused)).toEqual(["mapping.0 mapping-error focused"]);
    expect(refused).not.toContain("mapping-note");
  });

  test("of many columns asks about those with a field or values, and about the others at once", async () => {
    const names = Array.from({ length: 16_384 }, (_, at) => `Name ${at}`);
    const header = [...names.slice(0, -1), "Email"].join(",");
    const row = (email: string) =>
      [...names.slice(0, 300).map((name) => `of ${name}`), ...Array(16_083).fill(""), email].join(
        ",",
      );
    const file = `${header}\n${row("ada@x.test")}\n`;
    const next = (await uploadOn("/jobs/new/contact_import", file)).headers.get("location")!;
    const page = await browser.text(next);
    expect(page.length).toBeLessThan(120_000);
    const chosen = chosenIn(page);
    expect(chosen).toMatchObject({ "mapping.16383": "email", "mapping.others": "custom" });
    expect(Object.keys(chosen).filter((name) => name.startsWith("mapping."))).toHaveLength(101);
    expect(page).toContain(">16,284 more columns</label>");
    const sent = { ...hiddenIn(page), ...chosen, "mapping.others": "" };
    expect((await browser.post("/jobs", sent)).status).toBe(303);
    const [job] = await jobs();
    expect(JSON.parse(job!.input).mapping).toMatchObject({ 16383: "email", others: "" });
  });

  test("keeps columns without values apart", async () => {
    const file = "Email,Fax,City,Pager\nada@x.test,,London,\n";
    const next = (await uploadOn("/jobs/new/contact_import", file)).headers.get("location")!;
    const [columns = "", empty = ""] = (await browser.text(next)).split('id="empty-columns"');
    expect(Object.keys(chosenIn(columns))).toEqual(
      expect.arrayContaining(["mapping.0", "mapping.2"]),
    );
    expect(chosenIn(columns)).not.toHaveProperty("mapping.1");
    expect(empty).toContain("2 columns without values");
    expect(chosenIn(empty)).toMatchObject({ "mapping.1": "custom", "mapping.3": "custom" });
  });

  test("needs an email column and no field twice", async () => {
    const next = (await uploadOn("/jobs/new/contact_import", people)).headers.get("location")!;
    const page = await browser.text(next);
    const fields = { ...hiddenIn(page), ...chosenIn(page), duplicates: "skip" };
    const answer = await shownAgain("/jobs", { ...fields, "mapping.0": "company" });
    expect(answer.status).toBe(422);
    const again = await answer.text();
    expect(again).toMatch(/id="mapping-error">.*No column is mapped to Email\. Choose the column/s);
    expect(invalidIn(again)).toEqual(["mapping.0 mapping-error focused"]);
    expect(chosenIn(again)).toMatchObject({ "mapping.0": "company", duplicates: "skip" });
    expect(hiddenIn(again)).toMatchObject({ upload_id: hiddenIn(page).upload_id });
    const twice = await shownAgain("/jobs", { ...fields, "mapping.1": "email" });
    const doubled = await twice.text();
    expect(doubled).toContain("Two columns are mapped to Email");
    expect(invalidIn(doubled)).toEqual([
      "mapping.0 holds-0-error focused",
      "mapping.1 holds-1-error",
    ]);
    expect(doubled.match(/autofocus/g)).toHaveLength(1);
    const odd = await shownAgain("/jobs", { ...fields, "mapping.x": "company" });
    expect(await odd.text()).toContain("Columns are numbered from 0");
    expect(await jobs()).toEqual([]);
  });

  test.each<[string, string, string]>([
    [
      "people.csv is a PNG image, not a spreadsheet or CSV file",
      "\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
      "image",
    ],
    ["people.csv has a header but no rows", "email,name\n", "header only"],
  ])("leads back to the upload form if it cannot be imported: %s", async (message, content) => {
    const bytes = Buffer.from(content, "latin1");
    const answer = await uploadOn("/jobs/new/contact_import", bytes);
    const shown = await browser.get(answer.headers.get("location")!);
    expect(shown.status).toBe(422);
    const page = await shown.text();
    expect(page).toContain(message);
    expect(page).toMatch(/<input type="file"[^>]* aria-invalid="true"/);
  });

  test.each<[number, string, string]>([
    [400, "The file is empty", ""],
    [413, "The file is larger than 0.2 MB", "x".repeat(maxUploadBytes + 1)],
  ])("is rejected with %i: %s", async (status, message, content) => {
    const answer = await uploadOn("/jobs/new/contact_import", content);
    expect(answer.status).toBe(status);
    const page = await answer.text();
    expect(page).toContain(message);
    expect(page).toContain('enctype="multipart/form-data"');
  });

  test("leaves no token in the address, which leads back to the form", async () => {
    const page = await browser.text("/jobs/new/contact_import?duplicates=skip");
    const action = /action="(\/uploads[^"]+)"/.exec(page)![1]!.replaceAll("&amp;", "&");
    expect(action).not.toContain("token");
    const again = await browser.get(action);
    expect(again.headers.get("location")).toBe("/jobs/new/contact_import?duplicates=skip");
    expect((await browser.get("/uploads?type=nothing")).status).toBe(404);
  });

  test("is not found in another account or after it was deleted", async () => {
    const next = (await uploadOn("/jobs/new/contact_import", people)).headers.get("location")!;
    const eve = await signedUp(app, { ...ada, email: "eve@example.com" });
    const shown = await eve.get(next);
    expect(shown.status).toBe(422);
    expect(await shown.text()).toContain("no longer exists");
    const fields = hiddenIn(await browser.text(next));
    const token = csrfTokenOf(await eve.text("/jobs/new/contact_import"));
    const answer = await eve.post("/jobs", { ...fields, token });
    expect(answer.status).toBe(422);
    expect(await answer.text()).toContain("Upload it again");
    expect(await jobs()).toEqual([]);
  });

  test("is shown in the form of a kind that maps no columns", async () => {
    const next = (await uploadOn("/jobs/new/scan", "scanned", "page.png")).headers.get("location")!;
    const page = await browser.text(next);
    expect(page).toContain("page.png, 7 B");
    expect(page).toMatch(/<input type="number" value="1" id="f-pages"/);
    const fields = hiddenIn(page);
    expect((await browser.post("/jobs", { ...fields, pages: "2" })).status).toBe(303);
    const [job] = await jobs();
    expect(JSON.parse(job!.input)).toEqual({ upload_id: fields.upload_id, pages: 2 });
  });

  test("is uploaded only with a CSRF token and for a kind that takes a file", async () => {
    const token = csrfTokenOf(await browser.text("/jobs/new/contact_import"));
    const form = (...tokens: string[]) => {
      const body = new FormData();
      for (const each of tokens) body.append("token", each);
      body.append("file", new File([people], "people.csv"));
      return body;
    };
    const path = "/uploads?type=contact_import";
    expect((await send(path, form())).status).toBe(403);
    expect((await send(path, form("forged"))).status).toBe(403);
    expect((await send(`${path}&token=${token}`, form())).status).toBe(403);
    expect((await browser.send(path, { method: "POST", body: people })).status).toBe(403);
    expect((await send("/uploads?type=everything", form(token))).status).toBe(404);
    expect((await send(path, form(token))).status).toBe(303);
    const uploads = await database.backend.db.selectFrom("uploads").select("name").execute();
    expect(uploads).toEqual([{ name: "people.csv" }]);
  });
});
