/** Collects rejected rows by their reason until the next batch commits them. */
import { sql } from "kysely";
import type { WriteTransaction } from "../../backend/backend.ts";
import { sanitizeText } from "../sanitize-text.ts";

/** Maximum number of row numbers stored for a reason. The file of rejected rows has them all. */
const maxRowsPerReason = 10;
/** Maximum number of distinct reasons per run, because a kind may put data into its reasons. */
const maxReasons = 200;
const otherReason = "other reasons";

export interface Rejections {
  /** @param row its number in the input */
  add(row: number, reason: string): void;
  /** The number of rejections since the last call of `take`. */
  readonly waiting: number;
  /** Takes the rejections since the last call. `write` inserts them in a transaction. */
  take(): { count: number; write(tx: WriteTransaction, jobId: string): Promise<void> };
}

interface Group {
  count: number;
  rows: number[];
}

export function createRejections(): Rejections {
  let groups = new Map<string, Group>();
  const known = new Set<string>();
  let waiting = 0;

  return {
    get waiting() {
      return waiting;
    },
    add(row, reason) {
      const text = sanitizeText(reason);
      const name = known.has(text) || known.size < maxReasons ? text : otherReason;
      known.add(name);
      waiting++;
      const group = groups.get(name);
      if (!group) groups.set(name, { count: 1, rows: [row] });
      else {
        group.count++;
        if (group.rows.length < maxRowsPerReason) group.rows.push(row);
      }
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
  const rows = [...(before ? (JSON.parse(before.first_rows) as number[]) : []), ...group.rows];
  const firstRows = JSON.stringify(rows.slice(0, maxRowsPerReason));
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
