/** The table of texts that the cells of a workbook refer to by number. */
import { Refused } from "../../../../server/job.ts";
import { parseXml } from "../parse-xml.ts";
import { maxCellLength } from "../table.ts";
import type { ZipEntry } from "../zip-archive.ts";
import { unescapeText } from "./unescape-text.ts";

export interface SharedStrings {
  /** Reads on until the text of this number is known: programs write them in the order of use. */
  load(index: number): Promise<void>;
  /** @returns "" for a number that the table does not have */
  get(index: number): string;
}

const pageBytes = 1_000_000;
/** A million rows with three long texts of their own; all is held in memory. */
const maxBytes = 128_000_000;

/**
 * Holds the texts as bytes in pages, since a string for each would take several times the memory.
 * @param entry undefined for a workbook without texts
 */
export function openSharedStrings(entry: ZipEntry | undefined, fileName: string): SharedStrings {
  const pages: Buffer[] = [];
  /** The first byte behind each text, in all pages together. */
  let ends = new Uint32Array(1_024);
  let count = 0;
  let used = 0;
  let loading = Promise.resolve();
  let reading: AsyncGenerator<number> | undefined = entry && parse(entry);

  async function loadUntil(index: number): Promise<void> {
    while (reading && index >= count) {
      if ((await reading.next()).done) reading = undefined;
    }
  }

  function add(text: string): void {
    const length = Buffer.byteLength(text);
    // A text never spans two pages, so its page is known from its end.
    if (length > pages.length * pageBytes - used) {
      used = pages.length * pageBytes;
      pages.push(Buffer.allocUnsafe(pageBytes));
    }
    if (used + length > maxBytes) {
      throw new Refused(
        `${fileName} holds more than ${maxBytes / 1_000_000} MB of text`,
        "Save the sheet as CSV and upload that file.",
      );
    }
    if (length > 0) pages.at(-1)!.write(text, used % pageBytes);
    used += length;
    if (count === ends.length) ends = growTwofold(ends);
    ends[count++] = used;
  }

  function parse(strings: ZipEntry): AsyncGenerator<number> {
    let text = "";
    let isText = false;
    let phonetic = 0;
    return parseXml(strings.read(), fileName, {
      open(name) {
        if (name === "si") text = "";
        else if (name === "rPh") phonetic++;
        else if (name === "t") isText = phonetic === 0;
      },
      text(part) {
        if (!isText) return;
        text += part;
        if (text.length > 8 * maxCellLength) throw tooLong(fileName);
      },
      close(name) {
        if (name === "t") isText = false;
        else if (name === "rPh") phonetic--;
        else if (name === "si") {
          text = unescapeText(text);
          if (text.length > maxCellLength) throw tooLong(fileName);
          add(text);
        }
      },
    });
  }

  return {
    load(index) {
      if (index < count || !reading) return Promise.resolve();
      loading = loading.then(() => loadUntil(index));
      return loading;
    },
    get(index) {
      if (!(index < count)) return "";
      const end = ends[index]!;
      const page = Math.floor(Math.max(0, end - 1) / pageBytes);
      const start = Math.max(page * pageBytes, index === 0 ? 0 : ends[index - 1]!);
      if (end <= start) return "";
      return pages[page]!.toString("utf8", start - page * pageBytes, end - page * pageBytes);
    },
  };
}

export function tooLong(fileName: string): Refused {
  return new Refused(
    `${fileName} has a cell that is longer than ${maxCellLength.toLocaleString("en")} characters`,
    "Shorten it and upload the file again.",
  );
}

function growTwofold(numbers: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const grown = new Uint32Array(numbers.length * 2);
  grown.set(numbers);
  return grown;
}
