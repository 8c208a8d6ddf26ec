import { type Kysely, sql } from "kysely";

/** Jobs, what happened to them, what they left, and the workers that run them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const count = (column: string) => [column, "bigint"] as const;
  let jobs = db.schema
    .createTable("jobs")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("kind", "text", (c) => c.notNull())
    .addColumn("account_id", "text", (c) => c.notNull().references("accounts.id"))
    .addColumn("user_id", "text", (c) => c.notNull())
    .addColumn("idempotency_key", "text")
    .addColumn("retry_of", "text")
    .addColumn("priority", "integer", (c) => c.notNull().defaultTo(0))
    .addColumn("status", "text", (c) =>
      c
        .notNull()
        .check(sql`status in ('queued', 'running', 'paused', 'done', 'failed', 'cancelled')`),
    )
    .addColumn("input", "text", (c) => c.notNull())
    .addColumn("run_at", "bigint", (c) => c.notNull())
    .addColumn("created_at", "bigint", (c) => c.notNull())
    .addColumn("max_retries", "integer", (c) => c.notNull())
    .addColumn("timeout_ms", "bigint", (c) => c.notNull())
    .addColumn("version", "integer", (c) => c.notNull().defaultTo(1))
    .addColumn("step", "integer")
    .addColumn("progress", "double precision");
  const texts = [
    "subject",
    "reason",
    "outcome",
    "result_page",
    "error",
    "advice",
    "worker_id",
    "checkpoint",
  ];
  for (const column of [...texts, "message"]) jobs = jobs.addColumn(column, "text");
  const counters = ["fence", "event_seq", "log_seq", "retries", "rescues", "ran_ms"];
  for (const column of [...counters, "succeeded", "rejected", "skipped", "step_done", "untidy"]) {
    jobs = jobs.addColumn(...count(column), (c) => c.notNull().defaultTo(0));
  }
  const times = ["started_at", "finished_at", "hidden_at", "claimed_at", "deadline_at"];
  const requests = ["cancel_requested_at", "pause_requested_at"];
  const expectations = ["step_total", "progressed_at", "eta_from", "eta_to"];
  for (const column of [...times, ...requests, ...expectations]) {
    jobs = jobs.addColumn(...count(column));
  }
  await jobs.execute();

  await sql`create unique index jobs_once on jobs (user_id, idempotency_key)
    where idempotency_key is not null`.execute(db);
  await sql`create index jobs_due on jobs (account_id, priority, run_at, id)
    where status = 'queued'`.execute(db);
  await sql`create index jobs_overdue on jobs (run_at) where status = 'queued'`.execute(db);
  await sql`create index jobs_of_worker on jobs (worker_id) where status = 'running'`.execute(db);
  await sql`create index jobs_untidy on jobs (finished_at)
    where untidy = 1 and finished_at is not null`.execute(db);
  await sql`create index jobs_active on jobs (account_id, id)
    where finished_at is null`.execute(db);
  await sql`create index jobs_finished on jobs (account_id, finished_at, id)
    where finished_at is not null and hidden_at is null`.execute(db);
  await sql`create index jobs_finished_of_user on jobs (user_id, finished_at, id)
    where finished_at is not null and hidden_at is null`.execute(db);

  await db.schema
    .createTable("job_steps")
    .addColumn("job_id", "text", (c) => c.notNull().references("jobs.id").onDelete("cascade"))
    .addColumn("position", "integer", (c) => c.notNull())
    .addColumn("name", "text", (c) => c.notNull())
    .addColumn("weight", "double precision", (c) => c.notNull())
    .addColumn("status", "text", (c) => c.notNull())
    .addColumn("value", "text")
    .addColumn("started_at", "bigint")
    .addColumn("finished_at", "bigint")
    .addPrimaryKeyConstraint("job_steps_key", ["job_id", "position"])
    .execute();

  await db.schema
    .createTable("job_events")
    .addColumn("job_id", "text", (c) => c.notNull().references("jobs.id").onDelete("cascade"))
    .addColumn("seq", "integer", (c) => c.notNull())
    .addColumn("type", "text", (c) => c.notNull())
    .addColumn("message", "text", (c) => c.notNull())
    .addColumn("details", "text")
    .addColumn("happened_at", "bigint", (c) => c.notNull())
    .addPrimaryKeyConstraint("job_events_key", ["job_id", "seq"])
    .execute();

  await db.schema
    .createTable("job_logs")
    .addColumn("job_id", "text", (c) => c.notNull().references("jobs.id").onDelete("cascade"))
    .addColumn("seq", "integer", (c) => c.notNull())
    .addColumn("level", "text", (c) => c.notNull())
    .addColumn("message", "text", (c) => c.notNull())
    .addColumn("happened_at", "bigint", (c) => c.notNull())
    .addPrimaryKeyConstraint("job_logs_key", ["job_id", "seq"])
    .execute();

  await db.schema
    .createTable("job_errors")
    .addColumn("job_id", "text", (c) => c.notNull().references("jobs.id").onDelete("cascade"))
    .addColumn("reason", "text", (c) => c.notNull())
    .addColumn("count", "bigint", (c) => c.notNull())
    .addColumn("rows", "text", (c) => c.notNull())
    .addPrimaryKeyConstraint("job_errors_key", ["job_id", "reason"])
    .execute();

  await db.schema
    .createTable("files")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("job_id", "text", (c) => c.notNull().references("jobs.id").onDelete("cascade"))
    .addColumn("role", "text", (c) => c.notNull())
    .addColumn("name", "text", (c) => c.notNull())
    .addColumn("media_type", "text", (c) => c.notNull())
    .addColumn("size", "bigint", (c) => c.notNull())
    .addColumn("storage_key", "text", (c) => c.notNull())
    .addColumn("created_at", "bigint", (c) => c.notNull())
    .addColumn("expires_at", "bigint", (c) => c.notNull())
    .execute();
  await db.schema.createIndex("files_of_job").on("files").column("job_id").execute();

  await db.schema
    .createTable("uploads")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("account_id", "text", (c) => c.notNull().references("accounts.id"))
    .addColumn("user_id", "text", (c) => c.notNull())
    .addColumn("name", "text", (c) => c.notNull())
    .addColumn("media_type", "text", (c) => c.notNull())
    .addColumn("size", "bigint", (c) => c.notNull())
    .addColumn("storage_key", "text", (c) => c.notNull())
    .addColumn("created_at", "bigint", (c) => c.notNull())
    .execute();

  await db.schema
    .createTable("workers")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("host", "text", (c) => c.notNull())
    .addColumn("pid", "integer", (c) => c.notNull())
    .addColumn("beat", "bigint", (c) => c.notNull().defaultTo(0))
    .addColumn("beat_at", "bigint", (c) => c.notNull())
    .addColumn("started_at", "bigint", (c) => c.notNull())
    .addColumn("queue_id", "text")
    .execute();
}
