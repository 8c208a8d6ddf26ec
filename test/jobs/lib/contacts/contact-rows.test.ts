import { describe, expect, test } from "vitest";
import { type ContactRow, compileMapping } from "../../../../jobs/lib/contacts/contact-rows.ts";
import type { Mapping } from "../../../../jobs/lib/contacts/fields.ts";
import { mergeRuns } from "../../../../jobs/lib/external-sort/sorted-runs.ts";
import { collect, memoryScratch } from "../../../support/memory-files.ts";
import { writeRun } from "../external-sort/write-run.ts";

const all: Mapping = {
  0: "email",
  1: "first_name",
  2: "last_name",
  3: "company",
  4: "phone",
  5: "",
};
const columns = ["A", "B", "C", "D", "E", "F"];
const read = parserOf(all);

/** Parses rows whose columns are named A to F, without custom fields. @returns the plain fields, or the reason */
function parserOf(mapping: Mapping) {
  const skipped = Object.fromEntries(columns.map((_, column) => [column, "" as const]));
  const { parse } = compileMapping({ ...skipped, ...mapping }, columns);
  return (...row: Parameters<typeof parse>) => {
    const contact = parse(...row);
    return typeof contact === "string" ? contact : contact.slice(0, 6);
  };
}

describe("compileMapping", () => {
  test("a contact has trimmed cells, a lower-case email and null for empty fields", () => {
    expect(read([" Anna@Example.COM ", " Anna ", "", "  ", "+49 170 1"], 7)).toEqual([
      "anna@example.com",
      7,
      "Anna",
      null,
      null,
      "+49 170 1",
    ]);
  });

  test("a row may be shorter or longer than the mapping", () => {
    expect(read(["a@b.de"], 2)).toEqual(["a@b.de", 2, null, null, null, null]);
    expect(read(["a@b.de", "A", "B", "C", "1", "x", "y"], 3)).toEqual([
      "a@b.de",
      3,
      "A",
      "B",
      "C",
      "1",
    ]);
  });

  test("a mapping may have its columns in any order and leave fields out", () => {
    expect(parserOf({ 2: "email", 0: "company" })(["Acme", "x", "a@b.de"], 1)).toEqual([
      "a@b.de",
      1,
      null,
      null,
      "Acme",
      null,
    ]);
  });

  test("a contact loses the apostrophe that an export put before a formula", () => {
    expect(read(["a@b.de", "'=Anna", "'s Gravesande", "'+1-800-555"], 1)).toEqual([
      "a@b.de",
      1,
      "=Anna",
      "'s Gravesande",
      "+1-800-555",
      null,
    ]);
  });

  test("a full name is split, and a mapped first or last name takes precedence", () => {
    const whole = parserOf({ 0: "email", 1: "full_name" });
    expect(whole(["a@b.de", "Anna von Berg"], 1)).toEqual([
      "a@b.de",
      1,
      "Anna",
      "von Berg",
      null,
      null,
    ]);
    expect(whole(["a@b.de", " "], 1)).toEqual(["a@b.de", 1, null, null, null, null]);
    const both = parserOf({ 0: "email", 1: "full_name", 2: "first_name" });
    expect(both(["a@b.de", "Anna Berg", "Änne"], 1)).toEqual([
      "a@b.de",
      1,
      "Änne",
      "Berg",
      null,
      null,
    ]);
  });
});

describe("rejected rows", () => {
  test.each<[string, string[]]>([
    ["Missing email", []],
    ["Missing email", [" ", "Anna"]],
    ["No @ in the email", ["anna"]],
    ["Email longer than 254 characters", [`${"a".repeat(250)}@b.de`]],
    ["First name longer than 200 characters", ["a@b.de", "x".repeat(201)]],
    ["Last name longer than 200 characters", ["a@b.de", "", "x".repeat(201)]],
    ["Company longer than 200 characters", ["a@b.de", "", "", "x".repeat(201)]],
    ["Phone longer than 50 characters", ["a@b.de", "", "", "", "1".repeat(51)]],
  ])("a row is rejected with “%s”", (reason, cells) => {
    expect(read(cells, 1)).toBe(reason);
  });

  test("a field of exactly the maximum length is accepted", () => {
    expect(read(["a@b.de", "x".repeat(200), "", "", "1".repeat(50)], 1)).toBeInstanceOf(Array);
  });

  test("the parts of a full name have the same length limits", () => {
    expect(parserOf({ 0: "email", 1: "full_name" })(["a@b.de", `A ${"x".repeat(201)}`], 1)).toBe(
      "Last name longer than 200 characters",
    );
  });
});

test("contacts sort by email and row number in a merged run", async () => {
  const scratch = memoryScratch();
  const contacts: ContactRow[] = [];
  const { parse } = compileMapping(all, columns);
  for (const [at, email] of ["c@d.de", "A@b.de", "a@b.de"].entries()) {
    const contact = parse([email, "Änne"], at + 2);
    if (typeof contact !== "string") contacts.push(contact);
  }
  await writeRun(scratch, "run", contacts);
  const empty = [null, null, null, null, null, null];
  expect(await collect(mergeRuns<ContactRow>(scratch, ["run"]))).toEqual([
    [
      ["a@b.de", 3, "Änne", ...empty],
      ["a@b.de", 4, "Änne", ...empty],
      ["c@d.de", 2, "Änne", ...empty],
    ],
  ]);
});

describe("values beyond the plain fields", () => {
  const header = ["Email", "Phone", "City", "Notes", "Labels", "Age"];
  const mapping: Mapping = { 0: "email", 1: "phone", 4: "tags", 5: "" };
  const values = (...cells: string[]) => {
    const contact = compileMapping(mapping, header).parse(cells, 1);
    if (typeof contact === "string") throw new Error(contact);
    const [phone, e164, custom, tags] = contact.slice(5) as (string | null)[];
    return { phone, e164, custom: JSON.parse(custom ?? "null"), tags: JSON.parse(tags ?? "null") };
  };

  test.each([
    ["+49 30 901820", "+4930901820"],
    ["0049 (0)30 901820", "+4930901820"],
    ["+44 (0) 20 7946 0958", "+442079460958"],
    ["+39 06 698 1234", "+39066981234"],
    ["+1 (212) 555-0123 ext. 5", "+12125550123"],
    ["030 901820", null],
    ["+49 3", null],
    ["+999 12345678", null],
  ])("the phone number %s has the international form %s", (phone, e164) => {
    expect(values("a@b.de", phone)).toMatchObject({ phone, e164 });
  });

  test("a column without a field becomes a custom field, unless it is skipped or empty", () => {
    expect(values("a@b.de", "", " Köln ", "", "", "44").custom).toEqual({ City: "Köln" });
    expect(values("a@b.de", "", "", "", "", "44").custom).toBeNull();
  });

  test("tags are split, and each stands once whatever its case", () => {
    expect(values("a@b.de", "", "", "", 'VIP; "Fair", vip ::: * myContacts').tags).toEqual([
      "VIP",
      "Fair",
      "myContacts",
    ]);
  });

  test("further addresses and numbers of a cell are kept in custom fields", () => {
    expect(values("a@b.de; b@b.de", "+49 30 1 ::: +49 30 2")).toMatchObject({
      phone: "+49 30 1",
      custom: { "Other email addresses": "b@b.de", "Other phone numbers": "+49 30 2" },
    });
  });

  test("columns of one name become custom fields of their own", () => {
    const header = ["Email", "City", "City", "city", "", "__proto__"];
    const parser = compileMapping({ 0: "email" }, header);
    parser.parse(["a@b.de", "Köln", "Bonn", "Ulm", "x", "y"], 1);
    expect([...parser.customFields]).toEqual([
      ...["City", "City 2", "city", "Column 5", "__proto__ 2"],
    ]);
  });

  test("a row with a custom value of more than 10,000 characters is rejected", () => {
    const { parse } = compileMapping(mapping, header);
    expect(parse(["a@b.de", "", "x".repeat(10_001)], 1)).toBe(
      "A custom field longer than 10,000 characters",
    );
  });
});

describe("rejected mappings", () => {
  test("compileMapping rejects a mapping without an email column", () => {
    expect(() => parserOf({ 0: "first_name", 1: "" })).toThrow("No column is mapped to Email");
  });

  test("compileMapping rejects a mapping of two columns to one field", () => {
    expect(() => parserOf({ 0: "email", 1: "phone", 2: "phone" })).toThrow(
      "Two columns are mapped to Phone",
    );
  });
});
