/** Parses XML piece by piece, in bounded memory. */
import { SaxesParser } from "saxes";
import { Refused } from "../../../server/job.ts";

export interface XmlHandlers {
  /** @param name without its prefix: programs choose prefixes and namespaces differently */
  open?(name: string, attributes: Record<string, string>): void;
  text?(text: string): void;
  close?(name: string): void;
}

/** The parser holds a text or tag as a whole; a cell of Excel takes at most a third of this. */
const maxTokenLength = 1_000_000;

/**
 * Yields after each chunk, when the handlers were called for it.
 * @yields the bytes parsed so far
 * @throws Refused if this is no XML, or holds what no spreadsheet does
 */
export async function* parseXml(
  chunks: AsyncIterable<Uint8Array>,
  fileName: string,
  handlers: XmlHandlers,
): AsyncGenerator<number, void, undefined> {
  const parser = new SaxesParser<{ xmlns: false; position: false }>({
    xmlns: false,
    position: false,
  });
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  let bytes = 0;
  let length = 0;
  let lastToken = 0;

  parser.on("opentag", ({ name, attributes }) => {
    lastToken = length;
    handlers.open?.(localName(name), attributes);
  });
  parser.on("closetag", ({ name }) => {
    lastToken = length;
    handlers.close?.(localName(name));
  });
  const onText = (text: string) => {
    lastToken = length;
    handlers.text?.(text);
  };
  parser.on("text", onText);
  parser.on("cdata", onText);
  // An entity that is defined there could stand for any amount of text.
  parser.on("doctype", () => refuse(fileName));

  for await (const chunk of chunks) {
    decoder ??= new TextDecoder(isUtf16(chunk) ? "utf-16le" : "utf-8");
    bytes += chunk.length;
    write(decoder.decode(chunk, { stream: true }));
    yield bytes;
  }
  write(decoder?.decode() ?? "");
  guard(() => parser.close());
  yield bytes;

  function write(text: string): void {
    guard(() => parser.write(text));
    length += text.length;
    if (length - lastToken > maxTokenLength) refuse(fileName);
  }

  function guard(work: () => unknown): void {
    try {
      work();
    } catch (error) {
      if (error instanceof Refused) throw error;
      refuse(fileName);
    }
  }
}

/** @throws Refused as `parseXml` does */
export async function parseWholeXml(
  chunks: AsyncIterable<Uint8Array>,
  fileName: string,
  handlers: XmlHandlers,
): Promise<void> {
  for await (const _ of parseXml(chunks, fileName, handlers));
}

function isUtf16([first, second]: Uint8Array): boolean {
  return first === 0xff && second === 0xfe;
}

function localName(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}

function refuse(fileName: string): never {
  throw new Refused(
    `${fileName} is damaged: it holds something that no spreadsheet program writes`,
    "Open it in a spreadsheet program, save it again, and upload that file.",
  );
}
