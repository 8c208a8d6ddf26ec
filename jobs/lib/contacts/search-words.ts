/**
 * The rule by which words find contacts: a contact matches if each word occurs in its name, email,
 * company, tags or custom fields, whatever its case and accents.
 */

/** The columns that are searched. */
export interface SearchedColumns {
  email: string;
  first_name: string | null;
  last_name: string | null;
  company: string | null;
  /** JSON object of name and value. */
  custom_fields: string | null;
  /** JSON array. */
  tags: string | null;
}

const ACCENT = /\p{M}/gu;
const NON_ASCII = /[^\0-\x7f]/;

/** Lower case without accents: "Zoë" becomes "zoe". */
export function foldText(text: string): string {
  const lower = text.toLowerCase();
  return NON_ASCII.test(lower) ? lower.normalize("NFD").replace(ACCENT, "") : lower;
}

/** @returns the words of a query, folded */
export function searchWords(query: string): string[] {
  return foldText(query).split(/\s+/).filter(Boolean);
}

/** @returns the text that words are looked for in, folded */
export function searchableText(contact: SearchedColumns): string {
  const { email, first_name, last_name, company, custom_fields, tags } = contact;
  const values = custom_fields ? Object.values<string>(JSON.parse(custom_fields)) : [];
  const parts = [email, first_name, last_name, company, ...values, ...parseTagList(tags)];
  return foldText(parts.filter(Boolean).join("\n"));
}

/** @param words folded, as `searchWords` returns them */
export function matchesWords(contact: SearchedColumns, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const text = searchableText(contact);
  return words.every((word) => text.includes(word));
}

/** @param tags JSON array */
export function hasTag({ tags }: Pick<SearchedColumns, "tags">, tag: string): boolean {
  const wanted = foldText(tag);
  return parseTagList(tags).some((each) => foldText(each) === wanted);
}

function parseTagList(tags: string | null): string[] {
  return tags ? JSON.parse(tags) : [];
}
