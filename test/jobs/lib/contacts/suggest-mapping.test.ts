import { describe, expect, test } from "vitest";
import { suggestMapping } from "../../../../jobs/lib/contacts/suggest-mapping.ts";

/** Suggests a mapping. @returns the fields in the order of the columns */
function suggest(header: string[], ...sample: string[][]): string[] {
  const mapping = suggestMapping(header, sample);
  return header.map((_, column) => mapping[column]!);
}

describe("columns recognised by name", () => {
  test.each<[string, string[], string[]]>([
    [
      "English names",
      ["Email Address", "First Name", "Last Name", "Organization", "Phone Number", "Age"],
      ["email", "first_name", "last_name", "company", "phone", "custom"],
    ],
    [
      "names in snake case",
      ["email", "first_name", "last_name", "company", "phone"],
      ["email", "first_name", "last_name", "company", "phone"],
    ],
    [
      "names in camel case",
      ["emailAddress", "givenName", "familyName", "mobilePhone"],
      ["email", "first_name", "last_name", "phone"],
    ],
    [
      "German names",
      ["Vorname", "Nachname", "E-Mail-Adresse", "Firma", "Telefon"],
      ["first_name", "last_name", "email", "company", "phone"],
    ],
    [
      "a German Name beside Vorname to the last name",
      ["Name", "Vorname", "E-Mail"],
      ["last_name", "first_name", "email"],
    ],
    [
      "French names",
      ["Prénom", "Nom", "Adresse e-mail", "Société", "Téléphone"],
      ["first_name", "last_name", "email", "company", "phone"],
    ],
    [
      "Spanish names",
      ["Nombre", "Apellidos", "Correo electrónico", "Empresa", "Teléfono"],
      ["first_name", "last_name", "email", "company", "phone"],
    ],
    ["a single name column to the full name", ["Name", "Mail address"], ["full_name", "email"]],
    ["a full name", ["Full name", "E-mail"], ["full_name", "email"]],
    [
      "separate names rather than the full name",
      ["Full name", "First name", "Last name", "Email"],
      ["", "first_name", "last_name", "email"],
    ],
    ["each field only once", ["Email", "E-Mail", "Work email"], ["email", "custom", "custom"]],
    [
      "names that contain a known word",
      ["Your work email please", "Mobile (private)"],
      ["email", "phone"],
    ],
    [
      "no column that is only about an email",
      ["Email verified", "Email status", "Email"],
      ["custom", "custom", "email"],
    ],
    ["a column without a field to a custom field", ["id", "Column 2"], ["custom", "custom"]],
    ["the tags of other products", ["Email", "Labels", "Categories"], ["email", "tags", "custom"]],
    ["no reason of an earlier rejection", ["Email", "Rejected because"], ["email", ""]],
  ])("suggestMapping maps %s", (_, header, fields) => {
    expect(suggest(header)).toEqual(fields);
  });
});

describe("columns recognised by content", () => {
  test("suggestMapping maps an unnamed column of email addresses to the email", () => {
    expect(
      suggest(["Column 1", "Column 2"], ["Anna", "a@b.de"], ["Bert", "b@b.de"], ["Carl", ""]),
    ).toEqual(["custom", "email"]);
  });

  test("suggestMapping ignores a column named Mail that contains no addresses", () => {
    expect(suggest(["Mail", "Kontakt"], ["ja", "a@b.de"], ["nein", "b@b.de"])).toEqual([
      "custom",
      "email",
    ]);
  });

  test("suggestMapping takes no column without addresses for the email", () => {
    expect(suggest(["x", "y"], ["", "a"], ["", "b"])).toEqual(["custom", "custom"]);
  });
});
