/**
 * The terms of the search index. A word of three letters or more is found anywhere: the index has each
 * three characters in a row. Shorter words are found where a word begins, and anywhere in scripts that
 * put no space between words.
 *
 * The index may name too many contacts, never too few, so whoever reads it checks each contact with
 * `matchesSearch`.
 */
import { foldText } from "../../../jobs/lib/contacts/fold-text.ts";
import {
  gramLength,
  isWordStart,
  parseTagList,
  type SearchedContact,
  textsOf,
} from "../../../jobs/lib/contacts/match-contact.ts";

const SPACE = /\s+/;
const SURROGATE = /[\ud800-\udfff]/;

/** The term of all contacts of an account. A term of text contains no space. */
export const anyContact = " ";
export const tagTerm = (tag: string) => ` tag:${foldText(tag)}`;
export const jobTerm = (jobId: string) => ` job:${jobId}`;

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
  for (const tag of parseTagList(contact)) terms.add(tagTerm(tag));
  return terms;
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
