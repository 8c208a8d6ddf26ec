/** People for a test file: the same ones each time, in no order that a database would like. */

export interface Person {
  email: string;
  first: string;
  last: string;
  company: string;
}

const firsts = ["Zoë", "Bjørn", "Mary Ann", "José", "Ngũgĩ", "Anna", "李", "O'Neil"];
const lasts = ["Müller", "de la Cruz", "Nguyễn", "Smith, Jr.", "Ó Briain", "Kowalski"];
const companies = [
  'Harbour "Street" Bakery',
  "=1+2",
  "North\nWind",
  "@SUM(A1)",
  "",
  "Lantern Books",
];

/** One of each 532 has no email address; one of each six a company that a spreadsheet would run. */
export function people(count: number): Person[] {
  return Array.from({ length: count }, (_, at) => {
    // A prime that shares no factor with the count visits each number once, far from the last.
    const number = String((at * 7_919) % count).padStart(7, "0");
    return {
      email: at % 532 === 0 ? `nobody ${number}` : `p${number}x@example.com`,
      first: firsts[at % firsts.length]!,
      last: lasts[at % lasts.length]!,
      company: companies[at % companies.length]!,
    };
  });
}
