/** Rejected rows, grouped by reason, until the next batch commits them. */
import { sql } from "kysely";
import type { WriteTransaction } from "../../backend/backend.ts";
import { sanitizeText } from "../sanitize-text.ts";

/** Row numbers that are shown for a reason; the file of rejected rows has them all. */
const maxRowsPerReason = 10;
/** Different reasons that are kept apart; a kind that puts data into its reasons fills no table. */
const maxReasons = 200;
const otherReason = "other reasons";

export interface Rejections {
  addRejections(row: number, reason: string): void;
  /** Takes what came since the last time, for one transaction. */
  take(): { count: number; write(tx: WriteTransaction, jobId: string): Promise<void> };
}

interface Group {
  count: number;
  rows: number[];
}

export function createRejections(): Rejections {
  let groups = new Map<string, Group>();
  const known = new Set<string>();

  return {
    addRejections(row, reason) {
      const given = sanitizeText(reason);
      const kept = known.has(given) || known.size < maxReasons ? given : otherReason;
      known.add(kept);
      const group = groups.get(kept);
      if (!group) groups.set(kept, { count: 1, rows: [row] });
      else {
        group.count++;
        if (group.rows.length < maxRowsPerReason) group.rows.push(row);
      }
    },
    take() {
      const taken = groups;
      groups = new Map();
      const count = [...taken.values()].reduce((sum, group) => sum + group.count, 0);
      return {
        count,
        async write({ db }, jobId) {
          for (const [reason, group] of taken) await add(db, jobId, reason, group);
        },
      };
    },
  };
}

async function add(
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
  const shown = JSON.stringify(rows.slice(0, maxRowsPerReason));
  await db
    .insertInto("job_rejections")
    .values({ job_id: jobId, reason, count: group.count, first_rows: shown })
    .onConflict((conflict) =>
      conflict
        .columns(["job_id", "reason"])
        .doUpdateSet({ count: sql`job_rejections.count + ${group.count}`, first_rows: shown }),
    )
    .execute();
}
