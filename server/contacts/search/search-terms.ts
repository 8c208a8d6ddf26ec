/**
 * The terms of the search index. A word of three letters or more is found anywhere: the index has each
 * three characters in a row. Shorter words are found where a word begins, and anywhere in scripts that
 * put no space between words.
 *
 * The index may name too many contacts, never too few, so whoever reads it checks each contact with
 * `matchesSearch`.
 */
import type { Selectable } from "kysely";
import type { ContactsTable } from "../../backend/schema.ts";
import { foldText } from "./fold-text.ts";

export type SearchedContact = Pick<
  Selectable<ContactsTable>,
  | "email"
  | "first_name"
  | "last_name"
  | "company"
  | "phone"
  | "phone_e164"
  | "custom_fields"
  | "tags"
>;

/** More words, and longer ones, narrow a search no further. */
const maxWords = 10;
const maxWordLength = 100;
const gramLength = 3;
const SPACE = /\s+/;
const SURROGATE = /[\ud800-\udfff]/;
const LETTER = /[\p{L}\p{N}\p{M}]/u;
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** The term of all contacts of an account. A term of text contains no space. */
export const anyContact = " ";
export const tagTerm = (tag: string) => ` tag:${foldText(tag)}`;
export const jobTerm = (jobId: string) => ` job:${jobId}`;

/** @returns the folded words of a search, each once */
export function searchWords(query: string): string[] {
  const words = foldText(query)
    .split(SPACE)
    .filter((word) => word !== "")
    .map((word) => word.slice(0, maxWordLength));
  return [...new Set(words)].slice(0, maxWords);
}

/** @returns the terms that a contact must have to match the words */
export function termsOfWords(words: readonly string[]): string[] {
  return [...new Set(words.flatMap(termsOfWord))];
}

function termsOfWord(word: string): string[] {
  const characters = [...word];
  if (characters.length < gramLength) return [word];
  return Array.from({ length: characters.length - gramLength + 1 }, (_, at) =>
    characters.slice(at, at + gramLength).join(""),
  );
}

/** @returns all terms of a contact, each once */
export function termsOfContact(contact: SearchedContact): Set<string> {
  const terms = new Set<string>([anyContact]);
  for (const text of textsOf(contact)) addTermsOfText(terms, foldText(text));
  for (const tag of parseTags(contact)) terms.add(tagTerm(tag));
  return terms;
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
  return parseTags(contact).some((tag) => foldText(tag) === folded);
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
function textsOf(contact: SearchedContact): string[] {
  const { email, first_name, last_name, company, phone, phone_e164, custom_fields } = contact;
  const texts: string[] = [email];
  for (const text of [first_name, last_name, company, phone, phone_e164])
    if (text) texts.push(text);
  if (custom_fields) texts.push(...Object.values<string>(JSON.parse(custom_fields)).map(String));
  if (contact.tags) texts.push(...parseTags(contact));
  return texts;
}

function parseTags({ tags }: Pick<SearchedContact, "tags">): string[] {
  return tags ? JSON.parse(tags) : [];
}

function addTermsOfText(terms: Set<string>, text: string): void {
  for (const word of text.split(SPACE)) {
    if (SURROGATE.test(word)) addTerms(terms, [...word]);
    else addTermsOfPlainWord(terms, word);
  }
}

/** Most words: each UTF-16 unit is a character. */
function addTermsOfPlainWord(terms: Set<string>, word: string): void {
  const { length } = word;
  let previous = "";
  for (let at = 0; at < length; at++) {
    const character = word[at]!;
    if (at + gramLength <= length) terms.add(word.slice(at, at + gramLength));
    if (isWordStart(previous, character)) {
      terms.add(character);
      if (at + 2 <= length) terms.add(word.slice(at, at + 2));
    }
    previous = character;
  }
}

function addTerms(terms: Set<string>, characters: readonly string[]): void {
  for (const [at, character] of characters.entries()) {
    if (at + gramLength <= characters.length)
      terms.add(characters.slice(at, at + gramLength).join(""));
    if (!isWordStart(characters[at - 1]?.at(-1) ?? "", character[0]!)) continue;
    terms.add(character);
    if (at + 2 <= characters.length) terms.add(character + characters[at + 1]);
  }
}

/** Also at each punctuation mark, and behind it: "o'neil" has the words "o" and "neil". */
function isWordStart(previous: string, character: string): boolean {
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
