/** The checksum of rows, as `postgres/table-transfer.ts` computes it in SQL. */
import { hash } from "node:crypto";
import type { Cell, ColumnType, TableShape, TableSum } from "./table-transfer.ts";

/** Hexadecimal digits of each row's hash that are summed, in two parts that a number holds exactly. */
const digits = { high: 7, low: 8 };
/** Sums of so many parts of 32 bits are exact in a number. */
const maxExactSums = 1_000_000;

export interface RowSum {
  add(row: readonly Cell[]): void;
  result(): TableSum;
}

export function createRowSum({ columns }: Pick<TableShape, "columns">): RowSum {
  const types = columns.map(({ type }) => type);
  let rows = 0;
  let total = 0n;
  let high = 0;
  let low = 0;

  function settle(): void {
    total += (BigInt(high) << BigInt(4 * digits.low)) + BigInt(low);
    high = 0;
    low = 0;
  }

  return {
    add(row) {
      const digest = hash("md5", rowText(row, types), "hex");
      high += Number.parseInt(digest.slice(0, digits.high), 16);
      low += Number.parseInt(digest.slice(digits.high, digits.high + digits.low), 16);
      rows++;
      if (rows % maxExactSums === 0) settle();
    },
    result() {
      settle();
      return { rows, sum: total };
    },
  };
}

/** Each value with its length, so that no two rows have the same text. */
function rowText(row: readonly Cell[], types: readonly ColumnType[]): string {
  let text = "";
  for (let at = 0; at < types.length; at++) {
    const cell = row[at]!;
    if (cell === null) text += "-";
    else {
      const value = cellText(cell, types[at]!);
      text += `${Buffer.byteLength(value)}:${value}`;
    }
  }
  return text;
}

const double = Buffer.alloc(8);

function cellText(cell: string | number | Uint8Array, type: ColumnType): string {
  if (type === "time") return String(Date.parse(String(cell)));
  if (type === "real") {
    double.writeDoubleBE(Number(cell));
    return double.toString("hex");
  }
  return cell instanceof Uint8Array ? Buffer.from(cell).toString("hex") : String(cell);
}
