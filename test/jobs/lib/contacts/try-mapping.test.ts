import { describe, expect, test } from "vitest";
import { previewContacts } from "../../../../jobs/lib/contacts/preview-contacts.ts";
import { memoryFile } from "../../../support/memory-files.ts";

async function tryMapping(text: string, mapping: Record<string, string> = {}) {
  const { columns, tryMapping } = await previewContacts(memoryFile(text), {});
  const suggested = Object.fromEntries(columns.map(({ holds }, place) => [place, holds]));
  return tryMapping!({ ...suggested, ...mapping });
}

const rowsOf = (count: number, cells: (at: number) => string) =>
  Array.from({ length: count }, (_, at) => `${cells(at)}\n`).join("");

describe("the trial of a mapping", () => {
  test("the trial shows the first five contacts under the fields that they are saved in", async () => {
    const file = `Mail,Name,Ort,Gruppe\n,Nobody,,\n${rowsOf(7, (at) => `p${at}@X.test,Ann Lee,Rom,VIP;vip`)}`;
    const trial = await tryMapping(file, { 3: "tags" });
    expect(trial?.header).toEqual([
      "Email",
      "First name",
      "Last name",
      "Tags",
      "Ort (custom field)",
    ]);
    expect(trial?.rows).toHaveLength(5);
    expect(trial?.rows[0]).toEqual(["p0@x.test", "Ann", "Lee", "VIP", "Rom"]);
  });

  test("the trial counts the rejected rows of a whole small file by reason, without its footer", async () => {
    const file = `Email,Name\n${rowsOf(3_000, (at) => (at % 1_000 === 7 ? "nobody,Bo" : `p${at}@x.test,Ann`))},Cy\nEmail,Name\nz@x.test,Zoe\n\nTotal: 3000\n`;
    expect(await tryMapping(file)).toMatchObject({
      summary: "4 of 3,002 rows would be rejected",
      rejections: [
        { reason: "No @ in the email", count: 3 },
        { reason: "Missing email", count: 1 },
      ],
    });
    expect((await tryMapping("email\na@x.test\nb@x.test\n"))?.summary).toBe(
      "All 2 rows can be imported",
    );
  });

  test("the trial says of how many rows of a large file it speaks", async () => {
    const cells = (at: number) => (at === 5 ? "nobody,Bo" : `person-${at}@example.com,Ann`);
    const large = await tryMapping(`Email,Name\n${rowsOf(300_000, cells)}`);
    expect(large?.summary).toBe("1 of the first 1,000 rows would be rejected");
    const medium = await tryMapping(`Email,Name\n${rowsOf(20_000, cells)}`);
    expect(medium?.summary).toBe("1 of the first 5,000 rows would be rejected");
  });

  test("a mapping without an email or with a field twice cannot be tried", async () => {
    const file = "Email,City\na@x.test,Rome\n";
    expect(await tryMapping(file, { 0: "" })).toBeUndefined();
    expect(await tryMapping(file, { 1: "email" })).toBeUndefined();
  });

  test("the trial leaves out the columns that are skipped together", async () => {
    const { tryMapping } = await previewContacts(memoryFile("Email,City\na@x.test,Rome\n"), {});
    expect(tryMapping!({ 0: "email", others: "" })?.header).toEqual(["Email"]);
    expect(tryMapping!({ 0: "email" })?.header).toEqual(["Email", "City (custom field)"]);
  });

  test("the trial names at most 20 custom fields", async () => {
    const names = Array.from({ length: 31 }, (_, at) => `Field ${at}`);
    const trial = await tryMapping(`Email,${names}\na@x.test,${names.map((_, at) => at)}\n`);
    expect(trial?.header).toHaveLength(21);
    expect(trial?.note).toBe("11 more custom fields, not shown here.");
  });
});
