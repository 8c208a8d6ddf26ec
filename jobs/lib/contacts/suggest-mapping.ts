/**
 * Suggests a mapping of columns to fields, from column names in many languages and from cell values.
 * Knows the exports of Google, Outlook, HubSpot, Mailchimp, Salesforce, LinkedIn, WordPress, Shopify.
 */
import { reasonHeader } from "../../../server/job.ts";
import { parseEmail } from "./email.ts";
import { type MappableField, type Mapping, mappableFields } from "./fields.ts";

/** Column names by language, without blanks; case, accents and punctuation do not matter. */
const columnNames: Record<Exclude<MappableField, "custom">, string> = {
  email:
    "email mail emailaddress mailaddress emailadresse mailadresse emails primaryemail workemail businessemail useremail " +
    "contactemail emailaddr epost adressemail adresseemail adresseelectronique adressedemessagerie courriel mel " +
    "correo correoelectronico direcciondecorreo direccioncorreo direcciondecorreoelectronico " +
    "indirizzoemail postaelettronica enderecodeemail correioeletronico emailcím epostadress sähköposti eposta " +
    "epostaadresi почта электроннаяпочта имейл адресэлектроннойпочты メール メールアドレス 電子メール 邮箱 电子邮件 " +
    "邮箱地址 電子郵件 이메일 이메일주소 epostadresse sähköpostiosoite електроннапошта ηλεκτρονικόταχυδρομείο דואל البريدالإلكتروني",
  first_name:
    "firstname first fname givenname given forename vorname rufname prenom prenoms nombredepila primernombre nombres nome voornaam " +
    "fornavn förnamn imię jméno meno keresztnév utónév prenume ad adı имя 名 이름 primeironome etunimi ime ім'я όνομα " +
    "שםפרטי الاسمالأول",
  last_name:
    "lastname last lname surname familyname family secondname nachname familienname zuname nomdefamille nomfamille " +
    "apellido apellidos primerapellido cognome sobrenome apelido achternaam etternavn " +
    "efternavn efternamn nazwisko příjmení priezvisko vezetéknév soyad soyadı фамилия 姓 ultimonome sukunimi prezime priimek " +
    "прізвище επώνυμο שםמשפחה اسمالعائلة",
  full_name:
    "fullname namevorname nachnamevorname lastnamefirstname vornamename firstnamelastname nomprenoms contactname displayname personname customername vollername vollstandigername ansprechpartner kontaktname " +
    "vornamenachname vornameundnachname nomcomplet nometprenom prenometnom nomprenom prenomnom nombrecompleto nombreyapellidos nombreyapellido " +
    "nomecompleto imięinazwisko naam adsoyad teljesnév фио 氏名 名前 姓名 お名前 성명 namn navn nimi",
  company:
    "company companyname organisation organization organisationname organizationname org employer business account " +
    "accountname firma firmenname unternehmen unternehmensname arbeitgeber betrieb societe entreprise nomdelentreprise " +
    "nomdelasociete raisonsociale employeur empresa compania nombredelaempresa organizacion sociedad " +
    "azienda società ragionesociale nazwafirmy bedrijf bedrijfsnaam företag společnost cégnév cég şirket компания " +
    "организация 会社名 会社 企業名 公司 公司名称 회사 회사명 organisatie virksomhed yritys spoločnosť tvrtka podjetje компанія " +
    "εταιρεία חברה الشركة",
  phone:
    "phone phonenumber telephone telephonenumber tel telno mobile mobilephone mobilenumber cell cellphone workphone " +
    "businessphone primaryphone telefon telefonnummer telefonnr telnr rufnummer handy handynummer mobil mobilnummer " +
    "mobiltelefon numerodetelephone telephoneportable telephonemobile portable telefono numerodetelefono movil celular " +
    "telefonomovil cellulare telefone numertelefonu telefoon mobiel telefonszám ceptelefonu телефон мобильный " +
    "電話番号 電話 携帯電話 电话 手机 手机号 전화번호 전화 휴대폰 telefoonnummer mobielnummer puhelin puhelinnumero matkapuhelin " +
    "номертелефона мобильныйтелефон τηλέφωνο טלפון الهاتف",
  tags:
    "tags tag labels label groups groupmembership categories category keywords segments schlagworte schlagworter kategorien " +
    "kategorie gruppen gruppe etiquettes categories etiquetas categorias etichette categorie trefwoorden labels tagi " +
    "kategorie etiketter štítky címkék etiketler теги метки группы タグ ラベル 标签 標籤 태그",
};

const fieldsByName = new Map<string, MappableField>();
for (const [field, words] of Object.entries(columnNames))
  for (const word of words.split(" ")) fieldsByName.set(compactName(word), field as MappableField);

/** Ambiguous: "Name" beside "Vorname" is the last name, "Nombre" beside "Apellidos" the first, alone the full name. */
const bareNames = new Set(["name", "nom", "nombre"]);

const namePatterns: [RegExp, MappableField][] = [
  [/e?mail|courriel|correo/, "email"],
  [/first.?name|given.?name|vorname|prenom/, "first_name"],
  [/last.?name|surname|family.?name|nachname|apellido/, "last_name"],
  [/full.?name/, "full_name"],
  [/company|organi[sz]ation|firma\b|unternehmen|entreprise|societe|empresa/, "company"],
  [/phone|telef|mobile|handy/, "phone"],
];
/** Words of columns that hold something about a value, or the value of somebody else. */
const metadataWords =
  /\b(id|ids|opt|status|verified|sent|date|consent|type|typ|label|count|at|is|has|bounced|valid|accepts|subscribed|marketing|phonetic|owner|inhaber|assistant|assistants|assistent|assistente|manager|spouse|fax|pager)\b/;

/**
 * Assigns each field to at most one column: first by exact name, then by values that are mostly email
 * addresses, then by a word in the name.
 * @param sample the first rows; they may be shorter or longer than the header
 */
export function suggestMapping(header: readonly string[], sample: readonly string[][]): Mapping {
  const exported = mappingOfExport(header);
  if (exported) return exported;
  const mapping: Mapping = Object.fromEntries(
    header.map((name, column) => [column, name === reasonHeader ? "" : "custom"]),
  );
  const assigned = new Set<MappableField>();
  const take = (column: number, field: MappableField | undefined) => {
    if (!field || assigned.has(field) || mapping[column] !== "custom") return;
    mapping[column] = field;
    assigned.add(field);
  };
  const words = header.map(normalizeName);
  const compact = header.map(compactName);
  const takeByName = (column: number) => {
    const field = fieldsByName.get(compact[column]!);
    if (field !== "email" || !hasNoAddress(column, sample)) take(column, field);
  };

  // An export has many columns that are empty for most people.
  header.forEach((_, column) => {
    if (cellValues(column, sample).length > 0) takeByName(column);
  });
  for (const column of header.keys()) takeByName(column);
  header.forEach((_, column) => {
    if (isFullOfEmails(column, sample)) take(column, "email");
  });
  header.forEach((_, column) => {
    if (metadataWords.test(words[column]!)) return;
    const field = namePatterns.find(([part]) => part.test(words[column]!))?.[1];
    if (field !== "email" || !hasNoAddress(column, sample)) take(column, field);
  });
  // Nobody else fits: then each row is rejected with its reason, which says more than a refusal.
  header.forEach((_, column) => {
    if (fieldsByName.get(compact[column]!) === "email") take(column, "email");
  });
  header.forEach((_, column) => {
    if (bareNames.has(compact[column]!)) take(column, fieldOfBareName(assigned));
  });
  return dropRedundantFullName(mapping);
}

const exportedFields = mappableFields.filter(
  ({ name }) => name !== "full_name" && name !== "custom",
);

/**
 * An export of ours names its fields exactly so, and its other columns are custom fields, whatever they
 * sound like.
 * @returns undefined for other files
 */
function mappingOfExport(header: readonly string[]): Mapping | undefined {
  for (const key of ["label", "name"] as const) {
    const missing = new Map<string, MappableField>(
      exportedFields.map((field) => [field[key], field.name]),
    );
    const mapping = header.map((name, column): [number, MappableField | ""] => {
      if (name === reasonHeader) return [column, ""];
      const field = missing.get(name) ?? "custom";
      missing.delete(name);
      return [column, field];
    });
    if (missing.size === 0) return Object.fromEntries(mapping);
  }
  return undefined;
}

/** @returns how many of the cells are known names of columns: a row of them is a header */
export function countKnownNames(cells: readonly string[]): number {
  const names = cells.map(compactName);
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

function compactName(name: string): string {
  return normalizeName(name).replaceAll(" ", "");
}

function cellValues(column: number, sample: readonly string[][]): string[] {
  return sample.map((cells) => cells[column]?.trim() ?? "").filter((cell) => cell !== "");
}

function isFullOfEmails(column: number, sample: readonly string[][]): boolean {
  const cells = cellValues(column, sample);
  return cells.filter((cell) => typeof parseEmail(cell) !== "string").length > cells.length * 0.6;
}

/** For example a column "Mail" that holds "yes" and "no". */
function hasNoAddress(column: number, sample: readonly string[][]): boolean {
  const cells = cellValues(column, sample);
  return cells.length > 0 && !cells.some((cell) => cell.includes("@"));
}
