import { expect, test } from "vitest";
import { openSharedStrings } from "../../../../jobs/lib/tables/xlsx/shared-strings.ts";

/** A part of an archive. @returns also how many chunks of it were read */
function part(texts: Iterable<string>) {
  let chunks = 0;
  const read = async function* () {
    let text = "<sst>";
    for (const each of texts) {
      text += `<si><t>${each}</t></si>`;
      if (text.length < 65_536) continue;
      chunks++;
      yield Buffer.from(text);
      text = "";
    }
    yield Buffer.from(`${text}</sst>`);
  };
  return { entry: { name: "xl/sharedStrings.xml", size: 1, read }, chunksRead: () => chunks };
}

test("600,000 different texts take little more memory than their letters", async () => {
  const { entry } = part(
    (function* () {
      for (let at = 0; at < 600_000; at++) yield `person.${at}@mail.test`;
    })(),
  );
  const before = process.memoryUsage();
  const strings = openSharedStrings(entry, "people.xlsx");
  await strings.load(599_999);
  const after = process.memoryUsage();
  expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(25_000_000);
  expect(strings.get(0)).toBe("person.0@mail.test");
  expect(strings.get(599_999)).toBe("person.599999@mail.test");
  expect(strings.get(600_000)).toBe("");
});

test("texts are read only as far as they are needed", async () => {
  const { entry, chunksRead } = part(Array.from({ length: 50_000 }, (_, at) => `text ${at}`));
  const strings = openSharedStrings(entry, "people.xlsx");
  await strings.load(10);
  expect(strings.get(10)).toBe("text 10");
  expect(chunksRead()).toBe(1);
  await Promise.all([strings.load(40_000), strings.load(20_000)]);
  expect([strings.get(20_000), strings.get(40_000)]).toEqual(["text 20000", "text 40000"]);
});

test("texts of any length are kept apart at the ends of pages", async () => {
  const texts = Array.from({ length: 400 }, (_, at) => "é".repeat((at * 7_919) % 32_767));
  const { entry } = part(texts);
  const strings = openSharedStrings(entry, "people.xlsx");
  await strings.load(texts.length);
  expect(texts.map((_, at) => strings.get(at))).toEqual(texts);
});

test("texts beyond the limit of memory are refused with what to do", async () => {
  const long = "x".repeat(32_000);
  const { entry } = part(
    (function* () {
      for (let at = 0; at < 5_000; at++) yield long;
    })(),
  );
  await expect(openSharedStrings(entry, "people.xlsx").load(5_000)).rejects.toMatchObject({
    message: "people.xlsx holds more than 128 MB of text",
    advice: "Save the sheet as CSV and upload that file.",
  });
});
