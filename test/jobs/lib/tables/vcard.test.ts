import { expect, test } from "vitest";
import { readCells } from "./read-cells.ts";

/** @returns each card as column to value, without blank ones */
async function cards(lines: string[] | Buffer): Promise<Record<string, string>[]> {
  const content = Buffer.isBuffer(lines) ? lines : lines.join("\r\n");
  const [header = [], ...rows] = await readCells(content, { name: "contacts.vcf" });
  return rows.map((cells) =>
    Object.fromEntries(header.flatMap((column, at) => (cells[at] ? [[column, cells[at]]] : []))),
  );
}

test("cards of an iPhone are read, with their groups and folded lines", async () => {
  expect(
    await cards([
      ...["BEGIN:VCARD", "VERSION:3.0", "PRODID:-//Apple Inc.//iPhone OS 17.1//EN"],
      "N:King;Ada;Augusta;Countess;",
      "FN:Countess Ada Augusta King",
      "ORG:Analytical Engines;Notes;",
      "EMAIL;type=INTERNET;type=HOME:ada@home.test",
      "item1.EMAIL;type=INTERNET;type=pref:ada@x.te",
      " st",
      "item1.X-ABLabel:_$!<Other>!$_",
      "TEL;type=CELL;type=VOICE;type=pref:+44 20 1234",
      "TEL;type=WORK:+44 20 5678",
      "item2.ADR;type=HOME:;;12 St James\\, Square;London;;SW1;UK",
      "NOTE:First\\nline\\; second",
      "URL:https://x.test/a;b",
      "BDAY:1815-12-10",
      `PHOTO;ENCODING=b;TYPE=JPEG:${"/9j/4AAQ".repeat(9)}`,
      ...Array.from({ length: 5_000 }, () => ` ${"A".repeat(74)}`),
      "END:VCARD",
    ]),
  ).toEqual([
    {
      Email: "ada@x.test",
      "Email 2": "ada@home.test",
      "First name": "Ada",
      "Last name": "King",
      "Full name": "Countess Ada Augusta King",
      Company: "Analytical Engines",
      Phone: "+44 20 1234",
      "Phone 2": "+44 20 5678",
      "Middle name": "Augusta",
      Prefix: "Countess",
      Department: "Notes",
      Address: "12 St James, Square, London, SW1, UK",
      URL: "https://x.test/a;b",
      Birthday: "1815-12-10",
      Note: "First\nline; second",
    },
  ]);
});

test("cards of Outlook in version 2.1 are read, with quoted-printable over several lines", async () => {
  const head = ["BEGIN:VCARD", "VERSION:2.1"];
  expect(
    await cards([
      ...head,
      "N;LANGUAGE=de;CHARSET=Windows-1252;ENCODING=QUOTED-PRINTABLE:M=FCller;J=FC=",
      "rgen",
      "FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:J=C3=BCrgen M=C3=BCller",
      "TEL;WORK;VOICE:+49 30 1",
      "ADR;WORK;PREF;QUOTED-PRINTABLE:;;Hauptstr. 1=0D=0AHinterhaus;Berlin;;10115;",
      "EMAIL;PREF;INTERNET:j@x.test",
      "AGENT:",
      ...head,
      ...["N:Agent;Bob", "EMAIL:bob@x.test", "END:VCARD"],
      "PHOTO;TYPE=JPEG;ENCODING=BASE64:",
      ...[" /9j/4AAQ", " EMAIL:no@x.test", "", "X-MS-OL-DESIGN;CHARSET=utf-8:<card/>", "END:VCARD"],
    ]),
  ).toEqual([
    {
      Email: "j@x.test",
      "First name": "Jürgen",
      "Last name": "Müller",
      Phone: "+49 30 1",
      Address: "Hauptstr. 1, Hinterhaus, Berlin, 10115",
    },
  ]);
});

test("cards of Google and Nextcloud in versions 3.0 and 4.0 are read", async () => {
  expect(
    await cards([
      ...["BEGIN:VCARD", "VERSION:3.0", "FN:Ludwig van Beethoven", "N:;;;;"],
      ...["EMAIL;TYPE=INTERNET:l@x.test", "CATEGORIES:myContacts\\,Musik,Wien", "END:VCARD"],
      ...["BEGIN:VCARD", "VERSION:4.0", "PRODID:-//Sabre//Sabre VObject 4.5//EN", "UID:7"],
      ...["FN:Bób Byron", "N:Byron;Bób;;;", 'TEL;PREF=1;VALUE=uri;TYPE="voice,cell":tel:+44-20'],
      ...["EMAIL;PREF=2:second@x.test", "EMAIL;TYPE=work;PREF=1:first@x.test", "END:VCARD"],
      ...[
        "BEGIN:VCARD",
        "VERSION:3.0",
        "FN:Acme Ltd",
        "ORG:Acme Ltd",
        "EMAIL:info@x.test",
        "END:VCARD",
      ],
    ]),
  ).toEqual([
    {
      Email: "l@x.test",
      "First name": "Ludwig",
      "Last name": "van Beethoven",
      Categories: "myContacts,Musik,Wien",
    },
    {
      Email: "first@x.test",
      "Email 2": "second@x.test",
      "First name": "Bób",
      "Last name": "Byron",
      Phone: "+44-20",
    },
    { Email: "info@x.test", Company: "Acme Ltd" },
  ]);
});

test("a card keeps ten values of a property, the preferred ones first, however many it has", async () => {
  const phones = Array.from({ length: 30_000 }, (_, at) => `TEL:${at}`);
  phones.splice(20_000, 0, "TEL;TYPE=pref:first");
  const [card = {}] = await cards(["BEGIN:VCARD", "EMAIL:a@x.test", ...phones, "END:VCARD"]);
  expect(Object.entries(card).filter(([name]) => name.startsWith("Phone"))).toEqual([
    ["Phone", "first"],
    ...Array.from({ length: 9 }, (_, at) => [`Phone ${at + 2}`, String(at)]),
  ]);
});

test("cards without a charset are read in UTF-8, or in that of Windows, whatever their line ends", async () => {
  const card = (name: string) =>
    `begin:vcard\nversion:3.0\nn:${name};Zoë\nemail:z@x.test\nend:vcard`;
  const expected = [{ Email: "z@x.test", "First name": "Zoë", "Last name": "Müller" }];
  expect(await cards(Buffer.from(card("Müller")))).toEqual(expected);
  expect(await cards(Buffer.from(card("Müller"), "latin1"))).toEqual(expected);
  expect(await cards(Buffer.from(`\ufeff\r\n${card("Müller").replaceAll("\n", "\r")}`))).toEqual(
    expected,
  );
});

test("cards whose ends were lost are read, and the card of an agent is left out", async () => {
  expect(
    await cards([
      ...["BEGIN:VCARD", "EMAIL:a@x.test", "BEGIN:VCARD", "EMAIL:b@x.test", "AGENT:"],
      ...["BEGIN:VCARD", "EMAIL:agent@x.test", "END:VCARD", "N:Byron;Bob", "END:VCARD"],
      ...["BEGIN:VCARD", "EMAIL:c@x.test"],
    ]),
  ).toEqual([
    { Email: "a@x.test" },
    { Email: "b@x.test", "First name": "Bob", "Last name": "Byron" },
    { Email: "c@x.test" },
  ]);
});
