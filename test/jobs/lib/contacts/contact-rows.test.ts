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

describe("a contact", () => {
  test("trimmed, the address in lower case, what is empty null", () => {
    expect(read([" Anna@Example.COM ", " Anna ", "", "  ", "+49 170 1"], 7)).toEqual([
      "anna@example.com",
      7,
      "Anna",
      null,
      null,
      "+49 170 1",
    ]);
  });

  test("rows may be shorter or longer than the mapping", () => {
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

  test("columns in any order, fields left out", () => {
    expect(compileMapping({ 2: "email", 0: "company" })(["Acme", "x", "a@b.de"], 1)).toEqual([
      "a@b.de",
      1,
      null,
      null,
      "Acme",
      null,
    ]);
  });

  test("the apostrophe that an export put before a formula is taken away", () => {
    expect(read(["a@b.de", "'=Anna", "'s Gravesande", "'+1-800-555"], 1)).toEqual([
      "a@b.de",
      1,
      "=Anna",
      "'s Gravesande",
      "+1-800-555",
      null,
    ]);
  });

  test("a whole name is split, and names of their own win", () => {
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

describe("the reason why not", () => {
  test.each<[string, string[]]>([
    ["Missing email", []],
    ["Missing email", [" ", "Anna"]],
    ["Invalid email", ["anna"]],
    ["email is longer than 254 characters", [`${"a".repeat(250)}@b.de`]],
    ["first name is longer than 200 characters", ["a@b.de", "x".repeat(201)]],
    ["last name is longer than 200 characters", ["a@b.de", "", "x".repeat(201)]],
    ["company is longer than 200 characters", ["a@b.de", "", "", "x".repeat(201)]],
    ["phone is longer than 50 characters", ["a@b.de", "", "", "", "1".repeat(51)]],
  ])("%s", (reason, cells) => {
    expect(read(cells, 1)).toBe(reason);
  });

  test("exactly as long as allowed is not too long", () => {
    expect(read(["a@b.de", "x".repeat(200), "", "", "1".repeat(50)], 1)).toBeInstanceOf(Array);
  });

  test("the parts of a whole name have their limits too", () => {
    expect(
      compileMapping({ 0: "email", 1: "full_name" })(["a@b.de", `A ${"x".repeat(201)}`], 1),
    ).toBe("last name is longer than 200 characters");
  });
});

test("contacts sort as rows of a run", async () => {
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

describe("a mapping that does not do", () => {
  test("no email", () => {
    expect(() => compileMapping({ 0: "first_name", 1: "" })).toThrow(
      "No column is mapped to Email",
    );
  });

  test("a field twice", () => {
    expect(() => compileMapping({ 0: "email", 1: "phone", 2: "phone" })).toThrow(
      "Two columns are mapped to Phone",
    );
  });
});
