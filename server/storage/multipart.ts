import busboy from "busboy";
import { UploadRefused } from "./uploads.ts";

/** The file of a form. What else the form says is not kept. */
export interface FilePart {
  /** As it came; undefined where a person chose no file. */
  name: string | undefined;
  mediaType: string;
  /** Ends when the whole form has come in and nothing was wrong with it. */
  chunks: AsyncIterable<Uint8Array>;
}

/** The form is broken, or not one that this application makes. */
export class BadForm extends UploadRefused {
  override name = "BadForm";
}

const limits = { files: 1, fields: 20, parts: 22, fieldSize: 10_000, headerPairs: 50 };

/**
 * Reads a form of one file as it comes in, no faster than `take` takes it.
 * @returns what `take` returns
 * @throws BadForm, and what `take` or the body throws
 */
export async function readForm<T>(
  contentType: string,
  body: AsyncIterable<Uint8Array>,
  take: (part: FilePart) => Promise<T>,
): Promise<T> {
  const parser = parserFor(contentType);
  let failure: unknown;
  const fail = (error: unknown) => {
    failure ??= error;
    parser.destroy(failure as Error);
  };
  const malformed = (cause: unknown) =>
    failure ?? new BadForm("The upload is broken: it did not arrive as a whole form", { cause });

  parser.on("error", (error) => fail(malformed(error)));
  parser.on("filesLimit", () => fail(new BadForm("Upload one file at a time")));
  parser.on("fieldsLimit", () => fail(new BadForm("The form has too many fields")));
  parser.on("partsLimit", () => fail(new BadForm("The form has too many parts")));
  parser.on("field", (name, _value, { valueTruncated }) => {
    if (valueTruncated) fail(new BadForm(`The field "${name}" is too long`));
  });
  const ended = new Promise<void>((resolve, reject) => {
    parser.once("close", () => (failure ? reject(failure) : resolve()));
  });
  const part = new Promise<FilePart>((resolve, reject) => {
    parser.once("file", (_field, stream, { filename: name, mimeType: mediaType }) => {
      // Whoever reads the stream gets the error; until then nobody listens.
      stream.on("error", () => {});
      resolve({ name, mediaType, chunks: wholeForm(stream) });
    });
    ended.then(() => reject(new BadForm("Choose a file first")), reject);
  });

  async function* wholeForm(stream: AsyncIterable<Uint8Array>) {
    try {
      yield* stream;
    } catch (error) {
      throw malformed(error);
    }
    await ended;
  }

  feed(body, parser).catch(fail);
  try {
    return await take(await part);
  } catch (error) {
    fail(error);
    throw error;
  }
}

function parserFor(contentType: string): busboy.Busboy {
  try {
    // Browsers write names in UTF-8 and say nothing of it.
    const headers = { "content-type": contentType };
    return busboy({ headers, limits, defParamCharset: "utf8" });
  } catch (cause) {
    throw new BadForm("The upload is not a form that can be read", { cause });
  }
}

/** Ends quietly when the parser was destroyed: the rest of the body is of no interest. */
async function feed(body: AsyncIterable<Uint8Array>, parser: busboy.Busboy): Promise<void> {
  for await (const chunk of body) {
    if (parser.destroyed) return;
    if (!parser.write(chunk)) await drained(parser);
  }
  if (!parser.destroyed) parser.end();
}

/** Not `events.once`: a parser that is destroyed says neither "drain" nor always an error. */
function drained(parser: busboy.Busboy): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      parser.off("drain", go).off("close", go);
      resolve();
    };
    parser.on("drain", go).on("close", go);
  });
}
