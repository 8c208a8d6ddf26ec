/** Generates files of people with random email addresses, the hardest order for an index. */

import { once } from "node:events";
import { createWriteStream } from "node:fs";

const firstNames = ["Ada", "Grace", "Alan", "Edsger", "Barbara", "Donald", "Katherine", "Margaret"];
const lastNames = ["Lovelace", "Hopper", "Turing", "Dijkstra", "Liskov", "Knuth", "Johnson"];
const cities = ["London", "Arlington", "Wilmslow", "Nuenen", "Los Angeles", "Milwaukee"];
const companies = ["Analytical Engines", "Harbour & Sons", "Bletchley Press", "Northwind Foods"];

export interface PersonRow {
  email: string;
  firstName: string;
  lastName: string;
  company: string;
  phone: string;
  /** A column without a field of its own: it becomes a custom field. */
  city: string;
}

/** Yields the same people each time: a generator with a fixed seed (mulberry32). */
export function* people(count: number, seed = 20_260_101): Generator<PersonRow> {
  let state = seed;
  const random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const pick = (from: readonly string[]) => from[Math.floor(random() * from.length)]!;
  for (let at = 0; at < count; at++) {
    const name = Math.floor(random() * 2 ** 48).toString(36);
    yield {
      // The number makes every address unique.
      email: `${name}.${at.toString(36)}@mail${Math.floor(random() * 50)}.example.com`,
      firstName: pick(firstNames),
      lastName: pick(lastNames),
      company: pick(companies),
      phone: `+49 30 ${Math.floor(1_000_000 + random() * 8_999_999)}`,
      city: pick(cities),
    };
  }
}

/** Writes lines to a file in chunks of about 1 MB. */
export async function writeLines(path: string, lines: Iterable<string>): Promise<void> {
  const file = createWriteStream(path);
  let text = "";
  for (const line of lines) {
    text += line;
    if (text.length < 1_000_000) continue;
    if (!file.write(text)) await once(file, "drain");
    text = "";
  }
  file.end(text);
  await once(file, "close");
}

/** Yields the lines of a CSV file as a person uploads it. */
export function* csvOf(count: number, seed?: number): Generator<string> {
  yield "Email,First name,Last name,Company,Phone,City\n";
  for (const { email, firstName, lastName, company, phone, city } of people(count, seed)) {
    yield `${email},${firstName},${lastName},${company},${phone},${city}\n`;
  }
}

/** Yields the same people as complete rows of the table, which a database shell imports as they are. */
export function* tableOf(count: number): Generator<string> {
  const account = "0198c5d2-7a41-7c3e-9f10-000000000001";
  const job = "0198c5d2-7a41-7c3e-9f10-000000000002";
  let id = 0;
  for (const { email, firstName, lastName, company, phone, city } of people(count)) {
    id++;
    const person = [email, firstName, lastName, company, phone].join(",");
    const written = `${job},1795420791087,1795420791087`;
    const customFields = `"{""City"":""${city}""}"`;
    yield `${id},${account},${person},${written},${phone.replaceAll(" ", "")},${customFields},\n`;
  }
}
