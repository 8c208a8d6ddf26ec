/** Reads the logical lines of a vCard file: unfolded, one property each. */

/** A photo takes more, and what follows of it is dropped. */
const maxLine = 200_000;
const QUOTED_PRINTABLE = /^[^:]*;(?:ENCODING=)?QUOTED-PRINTABLE[;:]/i;

/**
 * @param chunks bytes of a file in any encoding that contains ASCII
 * @yields lines whose characters are bytes, since each may have a charset of its own
 */
export async function* readLines(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<string[], void, undefined> {
  let rest = "";
  /** The pieces of the line that may go on. Joined once, because a photo has thousands. */
  let parts: string[] = [];
  let length = 0;
  let lines: string[] = [];

  function add(physical: string): void {
    if (isContinued(parts)) {
      // A soft break of quoted-printable (RFC 2045, section 6.7).
      if (length < maxLine) append(physical, parts.pop()!.slice(0, -1));
    } else if (parts.length > 0 && /^[ \t]/.test(physical)) {
      if (length < maxLine) append(physical.slice(1));
    } else {
      const line = parts.join("");
      if (line) lines.push(line);
      parts = [];
      length = 0;
      append(physical);
    }
  }

  function append(part: string, before = ""): void {
    if (before) parts.push(before);
    parts.push(part);
    length += part.length;
  }

  for await (const chunk of chunks) {
    const text = rest + Buffer.from(chunk).toString("latin1");
    const physical = text.split(/\r\n|\n|\r(?!$)/);
    rest = physical.pop() ?? "";
    for (const each of physical) add(each);
    if (rest.length > maxLine) rest = rest.slice(0, maxLine);
    yield lines;
    lines = [];
  }
  add(rest.replace(/\r$/, ""));
  add("");
  yield lines;
}

function isContinued(parts: readonly string[]): boolean {
  return parts.at(-1)?.endsWith("=") === true && QUOTED_PRINTABLE.test(parts.slice(0, 3).join(""));
}
