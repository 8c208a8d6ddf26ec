/**
 * `node test/backend/programs/keep-database.ts 009_file_items` makes a database of that version with
 * rows in every table, and keeps it for the tests of upgrades. Run it once for each release, before the
 * next migration; never again for a version that was released.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { sql } from "kysely";
import type { Backend } from "../../../server/backend/backend.ts";
import { openBackend } from "../../../server/backend/open.ts";
import { statuses } from "../../../server/engine/status.ts";
import { type SqliteColumn, type SqliteTable, sqliteTables } from "../../support/table-order.ts";

const rowsPerTable = statuses.length;
const at = Date.UTC(2026, 10, 27, 8);

async function fill({ db }: Backend, table: SqliteTable): Promise<void> {
  for (let row = 0; row < rowsPerTable; row++) {
    const values = table.columns.map((column) => sampleOf(table, column, row));
    const names = table.columns.map(({ name }) => sql.ref(name));
    await sql`insert into ${sql.table(table.name)} (${sql.join(names)})
      values (${sql.join(values)})`.execute(db);
  }
}

function sampleOf({ name: table, references }: SqliteTable, column: SqliteColumn, row: number) {
  const known = knownValues[`${table}.${column.name}`]?.(row);
  if (known !== undefined) return known;
  const parent = references.get(column.name);
  if (parent) return `${parent.table}-${row}`;
  const { name, type, pk, notnull } = column;
  if (/^(account_id|user_id|job_id|upload_id)$/.test(name))
    return `${name === "upload_id" ? "upload" : name.slice(0, -3)}s-${row}`;
  if (/(_at|_until|_earliest|_latest|At)$/.test(name)) {
    return type === "text" ? new Date(at + row).toISOString() : at + row;
  }
  if (pk && type === "text") return `${table}-${row}`;
  if (pk) return row + 1;
  // Some optional values are missing.
  if (!notnull && row % 2) return null;
  if (type === "text") return `${name} ${row} – ä, “quoted”, 😀`;
  if (type === "blob") return Buffer.from([row, 255, 0, 10]);
  return type === "double precision" ? row / 7 : row;
}

const isFinal = (row: number) => ["done", "failed", "cancelled"].includes(statuses[row]!);
const json = (value: unknown) => () => JSON.stringify(value);

/** Values that the application relies on. */
const knownValues: Record<string, (row: number) => string | number | null> = {
  "users.emailVerified": () => 0,
  "accounts.contact_count": () => 1,
  "accounts.running_jobs": (row) => Number(statuses[row] === "running"),
  "accounts.max_running_jobs": () => 5,
  "members.role": () => "owner",
  "preferences.time_zone": () => "Europe/Berlin",
  "secrets.name": (row) => (row === 0 ? "generated" : `name-${row}`),
  "jobs.kind": () => "contact_import",
  "jobs.status": (row) => statuses[row]!,
  "jobs.reason": () => null,
  "jobs.finished_at": (row) => (isFinal(row) ? at : null),
  "jobs.cancel_requested_at": () => null,
  "jobs.pause_requested_at": () => null,
  "jobs.cleanup_due_at": () => null,
  "jobs.worker_id": (row) => (statuses[row] === "running" ? "gone" : null),
  "jobs.input": json({ upload_id: "uploads-0" }),
  "jobs.checkpoint": () => null,
  "jobs.follow_ups": json(["undo"]),
  "jobs.priority": () => 0,
  "jobs.run_at": () => Date.UTC(2100, 0, 1),
  "job_steps.status": () => "done",
  "job_steps.result": json({ rows: 1 }),
  "job_events.type": () => "created",
  "job_events.details": () => null,
  "job_logs.level": () => "info",
  "job_rejections.first_rows": json([1, 2]),
  "job_audit_entries.action": () => "started",
  "job_audit_entries.via": () => "page",
  "expired_jobs.status": () => "done",
  "files.role": () => "result",
  "files.deleted_at": () => at,
  "contacts.email": (row) => `person-${row}@example.com`,
  "contacts.custom_fields": json({ City: "Køge" }),
  "contacts.tags": json(["vip"]),
  "contact_changes.created": json([[1, 2]]),
  "contact_changes.updated": json([]),
  "contact_edits.action": () => "updated",
  "contact_edits.via": () => "page",
  "contact_edits.before": json({ company: "Before" }),
};

const version = process.argv[2];
if (!version) throw new Error("Give the name of the last migration");
const dir = mkdtempSync(join(tmpdir(), "headway-kept-"));
const path = join(dir, "headway.db");
const backend = await openBackend(path);
await backend.migrate({ last: version });
for (const table of await sqliteTables(backend)) await fill(backend, table);
await backend.close();
const kept = join(import.meta.dirname, "../kept", `${version}.db.gz`);
writeFileSync(kept, gzipSync(readFileSync(path), { level: 9 }));
rmSync(dir, { recursive: true });
process.stdout.write(`${kept}\n`);
