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
  let line: string | undefined;
  let lines: string[] = [];

  function add(physical: string): void {
    if (line !== undefined && isContinued(line)) {
      // A soft break of quoted-printable (RFC 2045, section 6.7).
      if (line.length < maxLine) line = line.slice(0, -1) + physical;
    } else if (line !== undefined && /^[ \t]/.test(physical)) {
      if (line.length < maxLine) line += physical.slice(1);
    } else {
      if (line) lines.push(line);
      line = physical;
    }
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

function isContinued(line: string): boolean {
  return line.endsWith("=") && QUOTED_PRINTABLE.test(line);
}
