import busboy from "busboy";
import { UploadRefused } from "./uploads.ts";

/** The file in a form. Fields behind it are ignored. */
export interface FilePart {
  /** The name as the browser sent it; undefined if the person chose no file. */
  name: string | undefined;
  mediaType: string;
  /** The fields before the file, by name. */
  fields: ReadonlyMap<string, string>;
  /** Ends when the whole form has arrived and is well-formed; throws otherwise. */
  chunks: AsyncIterable<Uint8Array>;
}

/** The form is malformed, or exceeds the limits of the application's own forms. */
export class MalformedForm extends UploadRefused {
  override name = "MalformedForm";
}

const limits = { files: 1, fields: 20, parts: 22, fieldSize: 10_000, headerPairs: 50 };

/**
 * Streams the file of a form to `receive`, with back-pressure.
 * @returns the result of `receive`
 * @throws MalformedForm, and errors of `receive` and of the body
 */
export async function readMultipart<T>(
  contentType: string,
  body: AsyncIterable<Uint8Array>,
  receive: (part: FilePart) => Promise<T>,
): Promise<T> {
  const parser = parserFor(contentType);
  const fields = new Map<string, string>();
  let failure: unknown;
  const fail = (error: unknown) => {
    failure ??= error;
    parser.destroy(failure as Error);
  };
  const malformed = (cause: unknown) =>
    failure ?? new MalformedForm("The upload is incomplete. Upload the file again", { cause });

  parser.on("error", (error) => fail(malformed(error)));
  parser.on("filesLimit", () => fail(new MalformedForm("Upload one file at a time")));
  parser.on("fieldsLimit", () => fail(new MalformedForm("The form has too many fields")));
  parser.on("partsLimit", () => fail(new MalformedForm("The form has too many parts")));
  parser.on("field", (name, value, { valueTruncated }) => {
    if (valueTruncated) fail(new MalformedForm(`The field "${name}" is too long`));
    fields.set(name, value);
  });
  const ended = new Promise<void>((resolve, reject) => {
    parser.once("close", () => (failure ? reject(failure) : resolve()));
  });
  const part = new Promise<FilePart>((resolve, reject) => {
    parser.once("file", (_field, stream, { filename: name, mimeType: mediaType }) => {
      // Without a listener an error before the first read would end the process.
      stream.on("error", () => {});
      resolve({ name, mediaType, fields: new Map(fields), chunks: wholeForm(stream) });
    });
    ended.then(() => reject(new MalformedForm("Choose a file first")), reject);
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
    return await receive(await part);
  } catch (error) {
    fail(error);
    throw error;
  }
}

function parserFor(contentType: string): busboy.Busboy {
  try {
    // Browsers send names in UTF-8 without declaring it.
    const headers = { "content-type": contentType };
    return busboy({ headers, limits, defParamCharset: "utf8" });
  } catch (cause) {
    throw new MalformedForm("The upload is not a valid form", { cause });
  }
}

/** Stops when the parser is destroyed and leaves the rest of the body unread. */
async function feed(body: AsyncIterable<Uint8Array>, parser: busboy.Busboy): Promise<void> {
  for await (const chunk of body) {
    if (parser.destroyed) return;
    if (!parser.write(chunk)) await drained(parser);
  }
  if (!parser.destroyed) parser.end();
}

/** Unlike `events.once`, also resolves when the parser is destroyed, which may emit no error. */
function drained(parser: busboy.Busboy): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      parser.off("drain", go).off("close", go);
      resolve();
    };
    parser.on("drain", go).on("close", go);
  });
}
