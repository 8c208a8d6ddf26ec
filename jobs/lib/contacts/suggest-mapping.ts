/** Guesses which column holds which field: by its name in four languages, and by what is in it. */
import type { MappedField, Mapping } from "./fields.ts";

/** Names without case, accents, blanks and punctuation: English, German, French, Spanish. */
const names: Record<MappedField, string> = {
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

const fieldOf = new Map<string, MappedField>();
for (const [field, words] of Object.entries(names))
  for (const word of words.split(" ")) fieldOf.set(word, field as MappedField);

/** "Name" beside a "Vorname" is the last name, "Nombre" beside "Apellidos" the first, alone the whole. */
const bareNames = new Set(["name", "nom", "nombre"]);

const parts: [RegExp, MappedField][] = [
  [/e?mail|courriel|correo/, "email"],
  [/first.?name|given.?name|vorname|prenom/, "first_name"],
  [/last.?name|surname|family.?name|nachname|apellido/, "last_name"],
  [/full.?name/, "full_name"],
  [/company|organi[sz]ation|firma\b|unternehmen|entreprise|societe|empresa/, "company"],
  [/phone|telefon|mobile|handy/, "phone"],
];
/** "Email verified", "Mail sent at" are about an address and hold none. */
const about =
  /\b(id|ids|opt|status|verified|sent|date|consent|type|count|at|is|has|bounced|valid)\b/;

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/**
 * Each field goes to one column at most: the one whose name says so plainly, then the one that is
 * full of such values, then the one whose name holds the word.
 * @param sample the first rows; they may be shorter or longer than the header
 */
export function suggestMapping(header: readonly string[], sample: readonly string[][]): Mapping {
  const mapping: Mapping = Object.fromEntries(header.map((_, column) => [column, ""]));
  const taken = new Set<MappedField>();
  const take = (column: number, field: MappedField | undefined) => {
    if (!field || taken.has(field) || mapping[column] !== "") return;
    mapping[column] = field;
    taken.add(field);
  };
  const words = header.map(plain);
  const compact = words.map((name) => name.replaceAll(" ", ""));

  header.forEach((_, column) => {
    const field = fieldOf.get(compact[column]!);
    if (field !== "email" || !disproved(column, sample)) take(column, field);
  });
  header.forEach((_, column) => {
    if (isFullOfEmails(column, sample)) take(column, "email");
  });
  header.forEach((_, column) => {
    if (about.test(words[column]!)) return;
    take(column, parts.find(([part]) => part.test(words[column]!))?.[1]);
  });
  header.forEach((_, column) => {
    if (bareNames.has(compact[column]!)) take(column, meaningOfName(taken));
  });
  return withoutDoubleName(mapping);
}

function meaningOfName(taken: Set<MappedField>): MappedField | undefined {
  if (taken.has("first_name")) return taken.has("last_name") ? undefined : "last_name";
  return taken.has("last_name") ? "first_name" : "full_name";
}

/** First and last name in columns of their own say more than both in one. */
function withoutDoubleName(mapping: Mapping): Mapping {
  const fields = Object.values(mapping);
  if (!fields.includes("first_name") && !fields.includes("last_name")) return mapping;
  for (const column of Object.keys(mapping))
    if (mapping[column] === "full_name") mapping[column] = "";
  return mapping;
}

/** Lower case, no accents, words parted by one blank: "E-Mail_Adresse" is "e mail adresse". */
function plain(name: string): string {
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

/** A column called "Mail" with "yes" and "no" in it. */
function disproved(column: number, sample: readonly string[][]): boolean {
  const cells = values(column, sample);
  return cells.length > 0 && !cells.some((cell) => cell.includes("@"));
}
