/** Writes a workbook of people as Excel does: the sheet refers to a table of texts that stands behind it. */
import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ZipFile } from "yazl";
import { people } from "../import/csv.ts";

const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';
const relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const packages = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"';
const names = ["Email", "First name", "Last name", "Company", "Phone"];
const chunkLength = 65_536;

export async function writeWorkbook(path: string, count: number): Promise<void> {
  const archive = new ZipFile();
  const add = (name: string, text: string) => archive.addBuffer(Buffer.from(head + text), name);
  const relation = (id: string, type: string, target: string) =>
    `<Relationship Id="${id}" Type="${relations}/${type}" Target="${target}"/>`;
  add("[Content_Types].xml", "<Types/>");
  add(
    "_rels/.rels",
    `<Relationships ${packages}>${relation("rId1", "officeDocument", "xl/workbook.xml")}</Relationships>`,
  );
  add(
    "xl/workbook.xml",
    `<workbook ${main} xmlns:r="${relations}"><sheets><sheet name="People" sheetId="1" r:id="rId1"/></sheets></workbook>`,
  );
  add(
    "xl/_rels/workbook.xml.rels",
    `<Relationships ${packages}>${relation("rId1", "worksheet", "worksheets/sheet1.xml")}${relation("rId2", "sharedStrings", "sharedStrings.xml")}</Relationships>`,
  );
  archive.addReadStream(streamOf(sheet(count)), "xl/worksheets/sheet1.xml");
  archive.addReadStream(streamOf(sharedStrings(count)), "xl/sharedStrings.xml");
  archive.end();
  await pipeline(archive.outputStream, createWriteStream(path));
}

/** Numbers texts in the order in which the sheet uses them, equal ones once. */
function numberTexts(): { numberOf(text: string): number; isNew(number: number): boolean } {
  const repeated = new Map<string, number>();
  let next = 0;
  let seen = -1;
  return {
    numberOf(text) {
      // The addresses and phone numbers are unique; to remember them would take much memory.
      const isUnique = /[@+]/.test(text);
      const known = isUnique ? undefined : repeated.get(text);
      if (known !== undefined) return known;
      if (!isUnique) repeated.set(text, next);
      return next++;
    },
    isNew(number) {
      if (number <= seen) return false;
      seen = number;
      return true;
    },
  };
}

function* rows(count: number): Generator<string[]> {
  yield names;
  for (const { email, firstName, lastName, company, phone } of people(count)) {
    yield [email, firstName, lastName, company, phone];
  }
}

function* sheet(count: number): Generator<string> {
  const { numberOf } = numberTexts();
  let number = 0;
  yield `${head}<worksheet ${main}><dimension ref="A1:E${count + 1}"/><sheetData>`;
  for (const cells of rows(count)) {
    number++;
    const row = cells.map(
      (text, at) => `<c r="${"ABCDE"[at]}${number}" t="s"><v>${numberOf(text)}</v></c>`,
    );
    yield `<row r="${number}" spans="1:5">${row.join("")}</row>`;
  }
  yield "</sheetData></worksheet>";
}

function* sharedStrings(count: number): Generator<string> {
  const { numberOf, isNew } = numberTexts();
  yield `${head}<sst ${main}>`;
  for (const cells of rows(count)) {
    for (const text of cells) {
      if (isNew(numberOf(text))) yield `<si><t>${text.replace("&", "&amp;")}</t></si>`;
    }
  }
  yield "</sst>";
}

function streamOf(parts: Iterable<string>): Readable {
  return Readable.from(chunksOf(parts), { objectMode: false });
}

function* chunksOf(parts: Iterable<string>): Generator<string> {
  let text = "";
  for (const part of parts) {
    text += part;
    if (text.length < chunkLength) continue;
    yield text;
    text = "";
  }
  yield text;
}
