/**
 * The first rows of a table in text, for a look at it. What kinds read whole files with stands in
 * `jobs/lib`, which is theirs; this sees a few rows that may be cut, and decides nothing.
 */

const delimiters = [",", ";", "\t", "|"];

/**
 * @param text the beginning of a CSV file
 * @param options.most rows
 * @param options.whole whether the text is the whole file: else its last row may be cut, and is left out
 * @returns the cells by row, blank rows left out
 */
export function firstRows(text: string, options: { most: number; whole: boolean }): string[][] {
  const { most, whole } = options;
  const delimiter = delimiterOf(text);
  const rows: string[][] = [];
  let cells: string[] = [];
  let cell = "";
  let quoted = false;
  for (let at = 0; at < text.length && rows.length < most; at++) {
    const letter = text[at]!;
    if (quoted) {
      if (letter !== '"') cell += letter;
      else if (text[at + 1] === '"') cell += text[++at];
      else quoted = false;
    } else if (letter === '"' && cell === "") quoted = true;
    else if (letter === delimiter) endCell();
    else if (letter === "\n") endRow();
    else if (letter !== "\r" || text[at + 1] !== "\n") cell += letter;
  }
  if (whole && rows.length < most && !quoted) endRow();
  return rows;

  function endCell(): void {
    cells.push(cell);
    cell = "";
  }

  function endRow(): void {
    endCell();
    if (cells.some((each) => each.trim() !== "")) rows.push(cells);
    cells = [];
  }
}

/** The one that the first line has most of, outside of quotes. */
function delimiterOf(text: string): string {
  const line = text
    .slice(0, 10_000)
    .replace(/"[^"]*"/g, "")
    .split("\n", 1)[0]!;
  const times = (delimiter: string) => line.split(delimiter).length;
  return delimiters.reduce((best, each) => (times(each) > times(best) ? each : best));
}
