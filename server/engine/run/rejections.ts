/** Collects rejected rows by their reason until the next batch commits them. */
import { sql } from "kysely";
import type { WriteTransaction } from "../../backend/backend.ts";
import { parseRejectedRows, type RejectedRow, storedRow } from "../rejected-row.ts";
import { sanitizeText } from "../sanitize-text.ts";

/** Maximum number of row numbers stored for a reason. The file of rejected rows has them all. */
const maxRowsPerReason = 10;
/** Maximum number of distinct reasons per run, because a kind may put data into its reasons. */
const maxReasons = 200;
/** A longer label is cut, because a list of rows has ten for each reason. */
const maxLabelLength = 80;
const otherReason = "other reasons";

export interface Rejections {
  /**
   * @param row its number in the input
   * @param label the text by which people know the row
   */
  add(row: number, reason: string, label?: string): void;
  /** The number of rejections since the last call of `take`. */
  readonly waiting: number;
  /** Takes the rejections since the last call. `write` inserts them in a transaction. */
  take(): { count: number; write(tx: WriteTransaction, jobId: string): Promise<void> };
}

interface Group {
  count: number;
  rows: RejectedRow[];
}

export function createRejections(): Rejections {
  let groups = new Map<string, Group>();
  const known = new Set<string>();
  let waiting = 0;

  return {
    get waiting() {
      return waiting;
    },
    add(row, reason, label) {
      const text = sanitizeText(reason);
      const name = known.has(text) || known.size < maxReasons ? text : otherReason;
      known.add(name);
      waiting++;
      const group = groups.get(name) ?? { count: 0, rows: [] };
      if (group.count++ === 0) groups.set(name, group);
      if (group.rows.length < maxRowsPerReason) group.rows.push({ row, label: labelText(label) });
    },
    take() {
      const taken = groups;
      groups = new Map();
      const count = waiting;
      waiting = 0;
      return {
        count,
        async write({ db }, jobId) {
          for (const [reason, group] of taken) await saveGroup(db, jobId, reason, group);
        },
      };
    },
  };
}

function labelText(label = ""): string {
  const text = sanitizeText(label).replace(/\s+/g, " ").trim();
  return text.length > maxLabelLength
    ? `${text.slice(0, maxLabelLength - 1).toWellFormed()}…`
    : text;
}

async function saveGroup(
  db: WriteTransaction["db"],
  jobId: string,
  reason: string,
  group: Group,
): Promise<void> {
  const before = await db
    .selectFrom("job_rejections")
    .select("first_rows")
    .where("job_id", "=", jobId)
    .where("reason", "=", reason)
    .executeTakeFirst();
  const rows = [...(before ? parseRejectedRows(before.first_rows) : []), ...group.rows];
  const firstRows = JSON.stringify(rows.slice(0, maxRowsPerReason).map(storedRow));
  await db
    .insertInto("job_rejections")
    .values({ job_id: jobId, reason, count: group.count, first_rows: firstRows })
    .onConflict((conflict) =>
      conflict
        .columns(["job_id", "reason"])
        .doUpdateSet({ count: sql`job_rejections.count + ${group.count}`, first_rows: firstRows }),
    )
    .execute();
}
