import { describe, expect, test } from "vitest";
import { type ContactRow, compileMapping } from "../../../../jobs/lib/contacts/contact-rows.ts";
import type { Mapping } from "../../../../jobs/lib/contacts/fields.ts";
import { mergeRuns, writeRun } from "../../../../jobs/lib/external-sort/sorted-runs.ts";
import { collect, memoryScratch } from "../../../support/memory-files.ts";

const all: Mapping = {
  0: "email",
  1: "first_name",
  2: "last_name",
  3: "company",
  4: "phone",
  5: "",
};
const read = compileMapping(all);

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
    expect(compileMapping({ 2: "email", 0: "company" })(["Acme", "x", "a@b.de"], 1)).toEqual([
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
    const whole = compileMapping({ 0: "email", 1: "full_name" });
    expect(whole(["a@b.de", "Anna von Berg"], 1)).toEqual([
      "a@b.de",
      1,
      "Anna",
      "von Berg",
      null,
      null,
    ]);
    expect(whole(["a@b.de", " "], 1)).toEqual(["a@b.de", 1, null, null, null, null]);
    const both = compileMapping({ 0: "email", 1: "full_name", 2: "first_name" });
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
    expect(
      compileMapping({ 0: "email", 1: "full_name" })(["a@b.de", `A ${"x".repeat(201)}`], 1),
    ).toBe("Last name longer than 200 characters");
  });
});

test("contacts sort by email and row number in a merged run", async () => {
  const scratch = memoryScratch();
  const contacts: ContactRow[] = [];
  for (const [at, email] of ["c@d.de", "A@b.de", "a@b.de"].entries()) {
    const contact = read([email, "Änne"], at + 2);
    if (typeof contact !== "string") contacts.push(contact);
  }
  await writeRun(scratch, "run", contacts);
  expect(await collect(mergeRuns<ContactRow>(scratch, ["run"]))).toEqual([
    [
      ["a@b.de", 3, "Änne", null, null, null],
      ["a@b.de", 4, "Änne", null, null, null],
      ["c@d.de", 2, "Änne", null, null, null],
    ],
  ]);
});

describe("rejected mappings", () => {
  test("compileMapping rejects a mapping without an email column", () => {
    expect(() => compileMapping({ 0: "first_name", 1: "" })).toThrow(
      "No column is mapped to Email",
    );
  });

  test("compileMapping rejects a mapping of two columns to one field", () => {
    expect(() => compileMapping({ 0: "email", 1: "phone", 2: "phone" })).toThrow(
      "Two columns are mapped to Phone",
    );
  });
});
