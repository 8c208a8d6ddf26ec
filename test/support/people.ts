/** Generates people for test files: the same ones each time, unsorted. */

export interface Person {
  email: string;
  first: string;
  last: string;
  company: string;
}

const firstNames = ["Zoë", "Bjørn", "Mary Ann", "José", "Ngũgĩ", "Anna", "李", "O'Neil"];
const lastNames = ["Müller", "de la Cruz", "Nguyễn", "Smith, Jr.", "Ó Briain", "Kowalski"];
const companies = [
  'Harbour "Street" Bakery',
  "=1+2",
  "North\nWind",
  "@SUM(A1)",
  "",
  "Lantern Books",
];

/**
 * Every 532nd person has no valid email address, and two of six companies begin like a formula of a
 * spreadsheet.
 */
export function people(count: number): Person[] {
  return Array.from({ length: count }, (_, index) => {
    // A step that is coprime to the count visits each number once, and never two neighbors in a row.
    const number = String((index * 7_919) % count).padStart(7, "0");
    return {
      email: index % 532 === 0 ? `nobody ${number}` : `p${number}x@example.com`,
      first: firstNames[index % firstNames.length]!,
      last: lastNames[index % lastNames.length]!,
      company: companies[index % companies.length]!,
    };
  });
}
