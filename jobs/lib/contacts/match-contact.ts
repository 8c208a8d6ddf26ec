/** The rule by which words and a tag find contacts, for lists of contacts and exports alike. */
import { foldText } from "./fold-text.ts";

/** The columns that are searched. */
export interface SearchedContact {
  email: string;
  first_name: string | null;
  last_name: string | null;
  company: string | null;
  phone: string | null;
  phone_e164: string | null;
  /** JSON object of name and value. */
  custom_fields: string | null;
  /** JSON array. */
  tags: string | null;
}

/** More words, and longer ones, narrow a search no further. */
const maxWords = 10;
const maxWordLength = 100;
/** Words of this length are found anywhere, shorter ones where a word begins. */
export const gramLength = 3;
const SPACE = /\s+/;
const SURROGATE = /[\ud800-\udfff]/;
const LETTER = /[\p{L}\p{N}\p{M}]/u;
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** @returns the folded words of a search, each once */
export function searchWords(query: string): string[] {
  const words = foldText(query)
    .split(SPACE)
    .filter((word) => word !== "")
    .map((word) => word.slice(0, maxWordLength));
  return [...new Set(words)].slice(0, maxWords);
}

/** @param words folded, as `searchWords` returns them */
export function matchesSearch(
  contact: SearchedContact,
  { words, tag }: { words: readonly string[]; tag?: string | undefined },
): boolean {
  if (tag !== undefined && !hasTag(contact, foldText(tag))) return false;
  if (words.length === 0) return true;
  const text = foldText(textsOf(contact).join("\n"));
  return words.every((word) => containsWord(text, word));
}

function hasTag(contact: SearchedContact, folded: string): boolean {
  return parseTagList(contact).some((tag) => foldText(tag) === folded);
}

function containsWord(text: string, word: string): boolean {
  if (SURROGATE.test(word) ? [...word].length >= gramLength : word.length >= gramLength)
    return text.includes(word);
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
    if (isWordStart(text[at - 1] ?? "", text[at]!)) return true;
  }
  return false;
}

/** Values alone: the name of a custom field is no part of a contact. */
export function textsOf(contact: SearchedContact): string[] {
  const { email, first_name, last_name, company, phone, phone_e164, custom_fields } = contact;
  const texts: string[] = [email];
  for (const text of [first_name, last_name, company, phone, phone_e164])
    if (text) texts.push(text);
  if (custom_fields) texts.push(...Object.values<string>(JSON.parse(custom_fields)).map(String));
  if (contact.tags) texts.push(...parseTagList(contact));
  return texts;
}

export function parseTagList({ tags }: Pick<SearchedContact, "tags">): string[] {
  return tags ? JSON.parse(tags) : [];
}

/** Also at each punctuation mark, and behind it: "o'neil" has the words "o" and "neil". */
export function isWordStart(previous: string, character: string): boolean {
  return previous === "" || !isInsideWord(previous) || !isInsideWord(character);
}

/** By code unit, because the pattern is slow. */
const insideWord = new Map<string, boolean>();

function isInsideWord(character: string): boolean {
  let isInside = insideWord.get(character);
  if (isInside === undefined) {
    isInside = LETTER.test(character) && !UNSPACED.test(character);
    insideWord.set(character, isInside);
  }
  return isInside;
}
