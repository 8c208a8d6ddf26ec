/** Suggests a mapping of columns to fields, from column names in four languages and from cell values. */
import type { MappableField, Mapping } from "./fields.ts";

/** Column names in English, German, French and Spanish, without case, accents, blanks, punctuation. */
const columnNames: Record<MappableField, string> = {
  email:
    "email mail emailaddress mailaddress emailadresse mailadresse emails primaryemail workemail businessemail useremail " +
    "contactemail emailaddr epost adressemail adresseemail adresseelectronique adressedemessagerie courriel mel " +
    "correo correoelectronico direcciondecorreo direccioncorreo direcciondecorreoelectronico",
  first_name:
    "firstname first fname givenname given forename vorname rufname prenom prenoms nombredepila primernombre nombres",
  last_name:
    "lastname last lname surname familyname family secondname nachname familienname zuname nomdefamille nomfamille " +
    "apellido apellidos primerapellido",
  full_name:
    "fullname contactname displayname personname customername vollername vollstandigername ansprechpartner kontaktname " +
    "vornamenachname vornameundnachname nomcomplet nometprenom prenometnom nomprenom prenomnom nombrecompleto nombreyapellidos nombreyapellido",
  company:
    "company companyname organisation organization organisationname organizationname org employer business account " +
    "accountname firma firmenname unternehmen unternehmensname arbeitgeber betrieb societe entreprise nomdelentreprise " +
    "nomdelasociete raisonsociale employeur empresa compania nombredelaempresa organizacion sociedad",
  phone:
    "phone phonenumber telephone telephonenumber tel telno mobile mobilephone mobilenumber cell cellphone workphone " +
    "businessphone primaryphone telefon telefonnummer telefonnr telnr rufnummer handy handynummer mobil mobilnummer " +
    "mobiltelefon numerodetelephone telephoneportable telephonemobile portable telefono numerodetelefono movil celular " +
    "telefonomovil",
};

const fieldsByName = new Map<string, MappableField>();
for (const [field, words] of Object.entries(columnNames))
  for (const word of words.split(" ")) fieldsByName.set(word, field as MappableField);

/** Ambiguous: "Name" beside "Vorname" is the last name, "Nombre" beside "Apellidos" the first, alone the full name. */
const bareNames = new Set(["name", "nom", "nombre"]);

const namePatterns: [RegExp, MappableField][] = [
  [/e?mail|courriel|correo/, "email"],
  [/first.?name|given.?name|vorname|prenom/, "first_name"],
  [/last.?name|surname|family.?name|nachname|apellido/, "last_name"],
  [/full.?name/, "full_name"],
  [/company|organi[sz]ation|firma\b|unternehmen|entreprise|societe|empresa/, "company"],
  [/phone|telefon|mobile|handy/, "phone"],
];
/** Words of columns about an address that hold none: "Email verified", "Mail sent at". */
const metadataWords =
  /\b(id|ids|opt|status|verified|sent|date|consent|type|count|at|is|has|bounced|valid)\b/;

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/**
 * Assigns each field to at most one column: first by exact name, then by values that are mostly email
 * addresses, then by a word in the name.
 * @param sample the first rows; they may be shorter or longer than the header
 */
export function suggestMapping(header: readonly string[], sample: readonly string[][]): Mapping {
  const mapping: Mapping = Object.fromEntries(header.map((_, column) => [column, ""]));
  const assigned = new Set<MappableField>();
  const take = (column: number, field: MappableField | undefined) => {
    if (!field || assigned.has(field) || mapping[column] !== "") return;
    mapping[column] = field;
    assigned.add(field);
  };
  const words = header.map(normalizeName);
  const compact = words.map((name) => name.replaceAll(" ", ""));

  header.forEach((_, column) => {
    const field = fieldsByName.get(compact[column]!);
    if (field !== "email" || !hasNoAddress(column, sample)) take(column, field);
  });
  header.forEach((_, column) => {
    if (isFullOfEmails(column, sample)) take(column, "email");
  });
  header.forEach((_, column) => {
    if (metadataWords.test(words[column]!)) return;
    take(column, namePatterns.find(([part]) => part.test(words[column]!))?.[1]);
  });
  header.forEach((_, column) => {
    if (bareNames.has(compact[column]!)) take(column, fieldOfBareName(assigned));
  });
  return dropRedundantFullName(mapping);
}

/** @returns how many of the cells are known names of columns: a row of them is a header */
export function countKnownNames(cells: readonly string[]): number {
  const names = cells.map((cell) => normalizeName(cell).replaceAll(" ", ""));
  return names.filter((name) => fieldsByName.has(name) || bareNames.has(name)).length;
}

function fieldOfBareName(taken: Set<MappableField>): MappableField | undefined {
  if (taken.has("first_name")) return taken.has("last_name") ? undefined : "last_name";
  return taken.has("last_name") ? "first_name" : "full_name";
}

/** Separate columns for first and last name win over a full name. */
function dropRedundantFullName(mapping: Mapping): Mapping {
  const fields = Object.values(mapping);
  if (!fields.includes("first_name") && !fields.includes("last_name")) return mapping;
  for (const column of Object.keys(mapping))
    if (mapping[column] === "full_name") mapping[column] = "";
  return mapping;
}

/** Lower case, no accents, words separated by one blank: "E-Mail_Adresse" becomes "e mail adresse". */
function normalizeName(name: string): string {
  return name
    .replace(/(\p{Ll})(\p{Lu}\p{Ll})/gu, "$1 $2")
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

function values(column: number, sample: readonly string[][]): string[] {
  return sample.map((cells) => cells[column]?.trim() ?? "").filter((cell) => cell !== "");
}

function isFullOfEmails(column: number, sample: readonly string[][]): boolean {
  const cells = values(column, sample);
  return cells.filter((cell) => cell.length <= 254 && EMAIL.test(cell)).length > cells.length * 0.6;
}

/** For example a column "Mail" that holds "yes" and "no". */
function hasNoAddress(column: number, sample: readonly string[][]): boolean {
  const cells = values(column, sample);
  return cells.length > 0 && !cells.some((cell) => cell.includes("@"));
}
