import { describe, expect, test } from "vitest";
import { suggestMapping } from "../../../../jobs/lib/contacts/suggest-mapping.ts";

/** The fields in the order of the columns. */
function suggest(header: string[], ...sample: string[][]): string[] {
  const mapping = suggestMapping(header, sample);
  return header.map((_, column) => mapping[column]!);
}

describe("by name", () => {
  test.each<[string, string[], string[]]>([
    [
      "English",
      ["Email Address", "First Name", "Last Name", "Organization", "Phone Number", "Age"],
      ["email", "first_name", "last_name", "company", "phone", ""],
    ],
    [
      "snake case",
      ["email", "first_name", "last_name", "company", "phone"],
      ["email", "first_name", "last_name", "company", "phone"],
    ],
    [
      "camel case",
      ["emailAddress", "givenName", "familyName", "mobilePhone"],
      ["email", "first_name", "last_name", "phone"],
    ],
    [
      "German",
      ["Vorname", "Nachname", "E-Mail-Adresse", "Firma", "Telefon"],
      ["first_name", "last_name", "email", "company", "phone"],
    ],
    [
      "German, Name beside Vorname",
      ["Name", "Vorname", "E-Mail"],
      ["last_name", "first_name", "email"],
    ],
    [
      "French",
      ["Prénom", "Nom", "Adresse e-mail", "Société", "Téléphone"],
      ["first_name", "last_name", "email", "company", "phone"],
    ],
    [
      "Spanish",
      ["Nombre", "Apellidos", "Correo electrónico", "Empresa", "Teléfono"],
      ["first_name", "last_name", "email", "company", "phone"],
    ],
    ["one name", ["Name", "Mail address"], ["full_name", "email"]],
    ["a full name", ["Full name", "E-mail"], ["full_name", "email"]],
    [
      "names apart win over the whole",
      ["Full name", "First name", "Last name", "Email"],
      ["", "first_name", "last_name", "email"],
    ],
    ["each field once", ["Email", "E-Mail", "Work email"], ["email", "", ""]],
    ["words within", ["Your work email please", "Mobile (private)"], ["email", "phone"]],
    ["about an email", ["Email verified", "Email status", "Email"], ["", "", "email"]],
    ["nothing", ["id", "Column 2"], ["", ""]],
  ])("%s", (_, header, fields) => {
    expect(suggest(header)).toEqual(fields);
  });
});

describe("by content", () => {
  test("a column full of addresses", () => {
    expect(
      suggest(["Column 1", "Column 2"], ["Anna", "a@b.de"], ["Bert", "b@b.de"], ["Carl", ""]),
    ).toEqual(["", "email"]);
  });

  test("a column called Mail that holds none", () => {
    expect(suggest(["Mail", "Kontakt"], ["ja", "a@b.de"], ["nein", "b@b.de"])).toEqual([
      "",
      "email",
    ]);
  });

  test("an empty column is not full of addresses", () => {
    expect(suggest(["x", "y"], ["", "a"], ["", "b"])).toEqual(["", ""]);
  });
});
