/** Imports of files as people have them: made by other programs, broken by spreadsheets, pasted. */
import { afterEach, beforeEach, expect, test } from "vitest";
import contactImport from "../../jobs/contact_import.ts";
import type { Encoding } from "../../jobs/lib/csv/format.ts";
import type { Kind } from "../../server/job.ts";
import { backends } from "../support/backends.ts";
import { type Engine, testEngine } from "../support/test-engine.ts";
import { encode } from "./lib/csv/encode.ts";

const catalog = new Map([["contact_import", contactImport as unknown as Kind]]);
const sqlite = backends.find(({ name }) => name === "sqlite")!;

let engine: Engine;
beforeEach(async () => {
  engine = await testEngine(sqlite, catalog);
});
afterEach(() => engine.close());

async function importFile(content: string | Uint8Array, name = "people.csv") {
  return engine.finish("contact_import", { upload_id: await engine.upload(content, name) });
}

/** Formats each contact as "ada@x.test Ada Lovelace", with "-" for an empty field. */
async function people(): Promise<string[]> {
  const rows = await engine.backend.db
    .selectFrom("contacts")
    .selectAll()
    .orderBy("email")
    .execute();
  return rows.map(({ email, first_name, last_name, company, phone }) => {
    const known = [email, first_name, last_name, company, phone].map((value) => value ?? "-");
    return known.join(" ").replace(/( -)+$/, "");
  });
}

async function logLines(): Promise<string[]> {
  const rows = await engine.backend.db.selectFrom("job_logs").select("message").execute();
  return rows.map(({ message }) => message);
}

const both = ["ada@x.test Ada Lovelace", "bob@x.test Bob Byron"];

test.each<[string, string | Uint8Array, string[]]>([
  [
    "begins with notes",
    'Report of our shop\n"A note, which is long"\n\nFirst Name,Last Name,Email\nAda,Lovelace,ada@x.test\nBob,Byron,bob@x.test\n',
    both,
  ],
  [
    "has a sep= line that a spreadsheet saved again",
    "sep=;;;\r\nVorname;Nachname;E-Mail\r\nAda;Lovelace;ada@x.test\r\nBob;Byron;bob@x.test\r\n",
    both,
  ],
  [
    "has each line in quotes",
    '"Email,First Name,Last Name"\n"ada@x.test,Ada,Lovelace"\n"bob@x.test,Bob,""Byron"""\n',
    both,
  ],
  [
    "has typographic quotes",
    "“Email”,“Name”\n“ada@x.test”,“Lovelace, Ada”\n“bob@x.test”,“Byron, Bob”\n",
    both,
  ],
  [
    "has a comma in each name and a semicolon between columns",
    "Name,Vorname;E-Mail\nLovelace,Ada;ada@x.test\nByron,Bob;bob@x.test\n",
    both,
  ],
  [
    "has addresses among the names of its columns",
    "Name,Email,news@x.test\nAda Lovelace,ada@x.test,yes\nBob Byron,bob@x.test,no\n",
    both,
  ],
  [
    "has empty cells far to the right in one row",
    `Email,First name,Last name\nada@x.test,Ada,Lovelace${",".repeat(16_000)}\nbob@x.test,Bob,Byron\n`,
    both,
  ],
  [
    "has a column without a name",
    "Email,Name,\nada@x.test,Ada Lovelace,\nbob@x.test,Bob Byron,called twice\n",
    both,
  ],
  [
    "is a list of recipients from a mail",
    "Ada Lovelace <ada@x.test>; 'Bob Byron' <bob@x.test>; cy@x.test",
    [...both, "cy@x.test"],
  ],
  [
    "is a list of addresses with blanks between them",
    "ada@x.test bob@x.test cy@x.test\n",
    ["ada@x.test", "bob@x.test", "cy@x.test"],
  ],
  [
    "is padded by an old program",
    "Email,First name,Last name\r\nada@x.test,Ada\0\0,Lovelace\r\nbob@x.test,Bob,Byron\r\n\x1a",
    both,
  ],
  [
    "is an export of Google Contacts",
    "First Name,Last Name,Phonetic First Name,Organization Name,E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Label,Phone 1 - Value\n" +
      "Ada,Lovelace,,Engines,* Work,ada@x.test ::: a@y.test,Mobile,+44 20\n",
    ["ada@x.test Ada Lovelace Engines +44 20"],
  ],
  [
    "is an export of Outlook in German",
    "Vorname,Nachname,Firma,E-Mail-Typ,E-Mail-Adresse,Telefon Assistent,Telefon geschäftlich\n" +
      "Ada,Lovelace,Engines,SMTP,ada@x.test,1,030 2\n",
    ["ada@x.test Ada Lovelace Engines 030 2"],
  ],
  [
    "is an export of a shop",
    "First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,Phone\n" +
      "Ada,Lovelace,ada@x.test,yes,Engines,'+44 20\n",
    ["ada@x.test Ada Lovelace Engines +44 20"],
  ],
  [
    "has a blank before each quote",
    'Email, First Name, Last Name\nada@x.test, "Ada", "Lovelace, née Byron"\nbob@x.test, "Bob", "Byron"\n',
    ["ada@x.test Ada Lovelace, née Byron", "bob@x.test Bob Byron"],
  ],
  [
    "has quotes inside of quotes",
    'Email,First Name,Last Name\nada@x.test,"Ada "Countess" L","Lovelace"\nbob@x.test,Bob,Byron\n',
    ['ada@x.test Ada "Countess" L Lovelace', "bob@x.test Bob Byron"],
  ],
  [
    "has tildes between its columns, and commas in a cell of its only row",
    "Email~First Name~Last Name~City\nada@x.test~Ada~Lovelace~London, UK\n",
    ["ada@x.test Ada Lovelace"],
  ],
  [
    "is a list of recipients that an editor broke into lines",
    "ada@x.test, bob@x.test,\ncy@x.test, dan@x.test\n",
    ["ada@x.test", "bob@x.test", "cy@x.test", "dan@x.test"],
  ],
  [
    "has a title above a table of rows of different lengths",
    "Customers\n\nE-Mail,Vorname,Nachname,Firma\nada@x.test,Ada,Lovelace,Engines\nbob@x.test,Bob\n",
    ["ada@x.test Ada Lovelace Engines", "bob@x.test Bob"],
  ],
  [
    "has the name of the report below its table, above the date",
    "Email,First Name,Last Name\nada@x.test,Ada,Lovelace\nbob@x.test,Bob,Byron\n\n\nOur people\nCopyright (c) 2026\nGenerated by Cy\n",
    both,
  ],
  [
    "repeats its column names in capitals",
    "Email,First Name,Last Name\nada@x.test,Ada,Lovelace\nEMAIL,FIRST NAME,LAST NAME\nbob@x.test,Bob,Byron\n",
    both,
  ],
  [
    "was filled with zeros when the power failed",
    `Email,First Name,Last Name\nada@x.test,Ada,Lovelace\nbob@x.test,Bob,Byron\n${"\0".repeat(4_000)}`,
    both,
  ],
  [
    "has Dutch column names",
    "E-mailadres;Voornaam;Achternaam;Organisatie;Telefoonnummer\nada@x.test;Ada;Lovelace;Engines;+31 6 1\n",
    ["ada@x.test Ada Lovelace Engines +31 6 1"],
  ],
  [
    "has Ukrainian column names",
    "Електронна пошта;Ім’я;Прізвище;Компанія;Телефон\nada@x.test;Ada;Lovelace;Engines;+380 1\n",
    ["ada@x.test Ada Lovelace Engines +380 1"],
  ],
])("an import reads a file that %s", async (_, content, expected) => {
  const job = await importFile(content);
  expect(job).toMatchObject({ status: "done", rejected: 0 });
  expect(await people()).toEqual(expected);
});

test.each<[Encoding, string]>([
  ["macintosh", "Prénom;Nom;E-mail\rInès;Caron;ines@x.test\rNoël;Brûlé;noel@x.test\r"],
  ["windows-1251", "Имя;Фамилия;Почта\nМира;Хольм;mira@x.test\nИван;Пример;ivan@x.test\n"],
  ["shift_jis", "氏名,会社名,メールアドレス\n山田 太郎,日本ポスト株式会社,taro@x.test\n"],
  ["utf-16le", "Ad;Soyad;E-posta\nIşıl;Şahin;isil@x.test\n"],
])("an import reads names in %s", async (encoding, content) => {
  await importFile(encode(content, encoding));
  const contacts = await people();
  expect(contacts).toHaveLength(content.split("@").length - 1);
  const words = content.split(/[;,\n\r ]/);
  const names = contacts.flatMap((contact) => contact.split(" ")).filter((word) => word !== "-");
  expect(words).toEqual(expect.arrayContaining(names));
});

test("an import says what it left out of a row, and in which rows", async () => {
  await importFile(
    'Email,Name,Phone\n"ada@x.test; a@y.test",Ada,4.91701E+11\nbob@x.test,"Bob,030 1\ncy@x.test,Cy,="0049 30"\n',
  );
  expect(await people()).toEqual([
    "ada@x.test Ada",
    'bob@x.test "Bob - - 030 1',
    "cy@x.test Cy - - 0049 30",
  ]);
  expect(await logLines()).toEqual(
    expect.arrayContaining([
      "1 row with more than one address: the others are in a custom field (row 2)",
      "1 row with a phone number that a spreadsheet rounded: it was left out (row 2)",
      "1 row with a quote that is never closed: it was read as a character (row 3)",
    ]),
  );
});

test.each(["4.91701E+11", "#NAME?", "#ERROR!", "#WERT!", "#¡VALOR!", "#N/A", "#NV", "-", "n/a"])(
  "the phone number %s is not stored",
  async (phone) => {
    await importFile(`Email,Phone\nada@x.test,${phone}\n`);
    expect(await people()).toEqual(["ada@x.test"]);
  },
);

test.each([
  ["\u202a+49 30 23125412\u202c", "+49 30 23125412"],
  ["tel:+14155552671", "+14155552671"],
  ['"+1 415 555 2671, +1 415 555 2672"', "+1 415 555 2671"],
  ['"030 23125,4"', "030 23125,4"],
])("the phone number %j is stored as %s", async (phone, stored) => {
  await importFile(`Email,Phone\nada@x.test,${phone}\n`);
  expect(await people()).toEqual([`ada@x.test - - - ${stored}`]);
});

test.each([
  "[ada@x.test](mailto:ada@x.test)",
  "[Ada](mailto:ada@x.test)",
  "ada@x.test (work)",
  "(work) ada@x.test",
  "SMTP:ada@x.test",
  "Email: ada@x.test",
  "ada@x.test/",
])("the address in %j is found", async (cell) => {
  await importFile(`Email;City\n${cell};Rome\n`);
  expect(await people()).toEqual([expect.stringMatching(/^ada@x\.test/)]);
});

test("a phone number that a spreadsheet rounded never replaces a good one", async () => {
  await importFile("Email,Phone\nada@x.test,+493023125501\n");
  await importFile("Email,Phone\nada@x.test,4.93023E+11\n");
  expect(await people()).toEqual(["ada@x.test - - - +493023125501"]);
});

test("equal addresses are one contact, however they are written", async () => {
  await importFile(
    "Email\nİLKER@X.TEST\nilker@x.test\nann@bücher.test\nann@xn--bcher-kva.test\njose\u0301@x.test\njosé@x.test\n",
  );
  expect(await people()).toEqual(["ann@bücher.test", "ilker@x.test", "josé@x.test"]);
});

test("each kind of wrong address has a reason of its own", async () => {
  const job = await importFile(
    `Email\nnone\nann\nann@\n@x.test\na..b@x.test\nann@localhost\na b@x.test\na@b@x.test\nok@x.test\na\u0007n@x.test\n"ann@x,test"\nann@1.2.3.4\nann@-x.test\nann@${"d".repeat(64)}.test\n${"a".repeat(65)}@x.test\n"a\\b@x.test"\n`,
  );
  expect(job).toMatchObject({ succeeded: 1, rejected: 15 });
  expect((await engine.errors(job.id)).map(({ reason }) => reason)).toEqual([
    "Comma in the email",
    "Domain without a dot in the email",
    "IP address instead of a domain in the email",
    "Invalid character before the @ in the email",
    "Invalid domain in the email",
    "Invisible character in the email",
    "Misplaced dot in the email",
    "Missing email",
    "More than 64 characters before the @ in the email",
    "More than one @ in the email",
    "No @ in the email",
    "No domain in the email",
    "Nothing before the @ in the email",
    "Space in the email",
  ]);
});

test("the file of rejected rows keeps a column of the person's own that is called reason", async () => {
  const job = await importFile("email,reason\nann,asked twice\nbob@x.test,\n");
  const [file] = await engine.files(job.id);
  expect(file!.content).toBe(
    "\ufeffemail,reason,Rejected because\r\nann,asked twice,No @ in the email\r\n",
  );
});

test("the lines of a report below its table are neither imported nor counted as rejected", async () => {
  const job = await importFile(
    "First Name,Last Name,Email\nAda,Lovelace,ada@x.test\nBob,Byron,bob@x.test\nCy,Nomail,\n" +
      "\nGrand Totals (3 records)\n\nConfidential Information - Do Not Distribute\n" +
      "Copyright (c) 2000-2026 x.test, inc. All rights reserved.\n",
  );
  expect(job).toMatchObject({ outcome: "Imported 2 of 3, 1 row rejected" });
  expect(await engine.errors(job.id)).toEqual([{ reason: "Missing email", count: 1, rows: [4] }]);
  expect(await logLines()).toContain(
    "3 rows below the table: not imported as contacts (rows 6, 8, 9)",
  );
});

test("a person without an address is rejected also at the end of the file, or before more people", async () => {
  const job = await importFile(
    "First Name,Last Name,Email\nAda,Lovelace,ada@x.test\n\nTotal,,\nBob,Byron,bob@x.test\n\nCy,,\n",
  );
  expect(job).toMatchObject({ outcome: "Imported 2 of 4, 2 rows rejected" });
  expect(await engine.errors(job.id)).toEqual([
    { reason: "Missing email", count: 2, rows: [4, 7] },
  ]);
});

test("column names that are repeated in the middle are not counted as rejected", async () => {
  const names = "Email,First name,,Last name\n";
  const job = await importFile(
    `${names}ada@x.test,Ada,1,Lovelace\n\ufeff${names}bob@x.test,Bob,2,Byron\nEmail,Bob,,Byron\n`,
  );
  expect(job).toMatchObject({ outcome: "Imported 2 of 3, 1 row rejected" });
  expect(await logLines()).toContain(
    "1 row with the column names once more: not imported as contacts (row 3)",
  );
});

test("an import says in which rows letters are lost", async () => {
  await importFile("email,name\nada@x.test,J\ufffdrgen\nbob@x.test,Bób\ncy@x.test,\ufffd\n");
  expect(await logLines()).toContain(
    "2 rows with letters that cannot be read in this encoding (rows 2, 4)",
  );
});
