/** Inserts fifty jobs for a dashboard. */
import Database from "better-sqlite3";
import { v7 as uuidv7 } from "uuid";

const count = 50;
const hour = 3_600_000;

export function insertJobs(file: string): void {
  const database = new Database(file);
  const owner = database.prepare("select account_id, user_id from members").get() as {
    account_id: string;
    user_id: string;
  };
  const insert = database.prepare(`
    insert into jobs (id, kind, account_id, user_id, status, input, outcome, error, run_at,
      created_at, started_at, finished_at, max_retries, timeout_ms, current_step, step_done, step_total,
      progress, message, succeeded, rejected)
    values (?, 'contact_import', ?, ?, ?, '{}', ?, ?, ?, ?, ?, ?, 3, 3600000, 1, ?, 100000, ?, ?, ?, 188)`);
  const now = Date.now();
  for (let at = 0; at < count; at++) {
    const status = statusOf(at);
    const created = now - at * hour;
    const ended = status === "paused" ? null : created + 41_000;
    const done = status === "done" ? 100_000 : 42_000 + at;
    insert.run(
      uuidv7(),
      owner.account_id,
      owner.user_id,
      status,
      status === "done" ? "Imported 99,812 of 100,000, 188 rows rejected" : null,
      status === "failed" ? "Row 1,204: the file ends in the middle of a quoted cell" : null,
      created,
      created,
      created + 400,
      ended,
      done,
      done / 100_000,
      "99,812 contacts found",
      done - 188,
    );
  }
  database.close();
}

/** Only statuses that no worker picks up. */
function statusOf(at: number): string {
  if (at < 5) return "paused";
  return at % 10 === 0 ? "failed" : "done";
}
