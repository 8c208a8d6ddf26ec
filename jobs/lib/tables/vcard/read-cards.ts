/** Reads the cards of a vCard file as records of named columns. */
import { splitName } from "../../contacts/split-name.ts";
import { parseProperty } from "./parse-property.ts";
import { readLines } from "./read-lines.ts";

/** Column name to value. */
export type Card = Map<string, string>;

/** Columns in the order of the table; those of addresses and numbers have more behind them: "Email 2". */
export const cardColumns = [
  "Email",
  "First name",
  "Last name",
  "Full name",
  "Company",
  "Phone",
  "Middle name",
  "Prefix",
  "Suffix",
  "Nickname",
  "Department",
  "Title",
  "Role",
  "Address",
  "URL",
  "Birthday",
  "Anniversary",
  "Categories",
  "Note",
];

const columnsOfProperties: Record<string, string> = {
  EMAIL: "Email",
  TEL: "Phone",
  ADR: "Address",
  URL: "URL",
  NICKNAME: "Nickname",
  TITLE: "Title",
  ROLE: "Role",
  BDAY: "Birthday",
  ANNIVERSARY: "Anniversary",
  CATEGORIES: "Categories",
  NOTE: "Note",
};

/** Values of one property in a card, the preferred ones first; more are left out. */
const maxValues = 10;

/** @yields the cards that ended in each chunk, and the bytes up to its end */
export async function* readCards(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<{ cards: Card[]; bytes: number }, void, undefined> {
  let bytes = 0;
  const counted = (async function* () {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      yield chunk;
    }
  })();
  let properties: Properties = new Map();
  /** A card of version 2.1 may hold the card of an agent. */
  let depth = 0;
  let isAgentNext = false;
  for await (const lines of readLines(counted)) {
    const cards: Card[] = [];
    for (const line of lines) {
      if (/^BEGIN:VCARD\s*$/i.test(line)) {
        // The end of the card before was lost.
        if (depth > 0 && !isAgentNext) {
          cards.push(cardOf(properties));
          depth = 0;
        }
        if (depth++ === 0) properties = new Map();
      } else if (/^END:VCARD\s*$/i.test(line)) {
        if (depth > 0 && --depth === 0) cards.push(cardOf(properties));
      } else if (depth === 1) addProperty(properties, line);
      isAgentNext =
        /^(?:[\w-]+\.)?AGENT\b[^:]*:\s*$/i.test(line) || (isAgentNext && line.trim() === "");
    }
    yield { cards, bytes };
  }
  if (depth > 0) yield { cards: [cardOf(properties)], bytes };
}

/** Name to the values of the card, each in its parts, the preferred ones first. */
type Properties = Map<string, string[][]>;

function addProperty(properties: Properties, line: string): void {
  const property = parseProperty(line);
  if (!property || property.parts.every((part) => part === "")) return;
  const { name, parts, isPreferred } = property;
  const values = properties.get(name) ?? [];
  const all = isPreferred ? [parts, ...values] : [...values, parts];
  // Limited here, because one card may have millions of them.
  properties.set(name, all.slice(0, maxValues));
}

function cardOf(properties: Properties): Card {
  const card: Card = new Map();
  const set = (column: string, value: string | undefined) => {
    if (value) card.set(column, value);
  };
  const [last, first, middle, prefix, suffix] = properties.get("N")?.[0] ?? [];
  const [company, ...departments] = properties.get("ORG")?.[0] ?? [];
  const fullName = joinParts(properties.get("FN")?.[0] ?? []);
  set("First name", first);
  set("Last name", last);
  set("Middle name", middle);
  set("Prefix", prefix);
  set("Suffix", suffix);
  // Cards of companies have the name of the company there.
  if (!first && !last && fullName !== company) {
    const name = splitName(fullName);
    set("First name", name.first);
    set("Last name", name.last);
  } else if (fullName !== `${first} ${last}` && fullName !== company) set("Full name", fullName);
  set("Company", company);
  set("Department", joinParts(departments));
  for (const [name, column] of Object.entries(columnsOfProperties)) {
    const values = properties.get(name) ?? [];
    values.forEach((parts, at) => {
      set(at === 0 ? column : `${column} ${at + 1}`, formatValue(name, parts));
    });
  }
  return card;
}

function formatValue(name: string, parts: string[]): string {
  if (name === "TEL") return parts.join(";").replace(/^tel:/i, "");
  if (name === "ADR") return joinParts(parts).replace(/\s*\n\s*/g, ", ");
  return name === "NOTE" || name === "URL" ? parts.join(";") : joinParts(parts);
}

function joinParts(parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join(", ");
}
