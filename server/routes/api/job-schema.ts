/** The shape of a job in JSON. The names are those that users of such interfaces know. */
import { z } from "@hono/zod-openapi";
import { fileRoles, stepStatuses } from "../../backend/enums.ts";
import { statuses } from "../../engine/status.ts";

const time = z.iso.datetime();
const count = z.int().min(0);

const statusSchema = z.enum(statuses).openapi("Status");

const stepSchema = z
  .object({
    name: z.string(),
    status: z.enum([...stepStatuses, "stopped"]),
    started_at: time.nullable(),
    completed_at: time.nullable(),
  })
  .openapi("Step");

const fileSchema = z
  .object({
    name: z.string(),
    role: z.enum(fileRoles).meta({ description: "`rejects`: the rows that were rejected" }),
    media_type: z.string(),
    size: z.int().meta({ description: "Bytes" }),
    url: z.string().meta({ description: "Leads to the file by a link made for who asks" }),
  })
  .openapi("File");

export const jobSchema = z
  .object({
    id: z.string().meta({ description: "UUIDv7" }),
    type: z.string().meta({ description: "The kind of job: `contact_import`" }),
    subject: z.string().nullable().meta({
      description: "What it is about, mostly the name of its file: `people.csv`",
    }),
    status: statusSchema,
    reason: z.string().nullable().meta({
      description:
        "Why it is in that status: `retry`, `rescued`, `interrupted`, `resumed`, `timeout`, `worker_lost`, `error`, `refused`",
    }),
    progress_pct: z.int().min(0).max(100).nullable().meta({
      description: "Over all steps; null where a total is unknown. 100 means succeeded.",
    }),
    progress_message: z.string().nullable().meta({ description: "What it is doing" }),
    current_step: z.int().min(1).nullable().meta({ description: "From 1; null before the first" }),
    total_steps: z.int().min(0),
    steps: z.array(stepSchema),
    done: count.meta({
      description:
        "Items finished: the sum of the three counts, or how far the current step is where nothing was counted",
    }),
    total: count.nullable().meta({ description: "Items there are, where that is known" }),
    succeeded: count,
    rejected: count,
    skipped: count,
    unit: z.string().meta({ description: "What an item is called, in the plural: `rows`" }),
    created_at: time,
    run_at: time.meta({ description: "Not before; while a retry waits, when it is due" }),
    started_at: time.nullable(),
    completed_at: time.nullable(),
    queue_position: z.int().min(1).nullable().meta({
      description:
        "While it is due and does not run: its place among those of the account, from 1; null behind the hundredth",
    }),
    waiting_until: time.nullable().meta({
      description: "While it runs and waits as it said: until when, a rate limit for example",
    }),
    waiting_for: z.string().nullable().meta({
      description: "What it waits for then: `the service allows 100 letters a minute`",
    }),
    eta: z
      .object({ from: time, to: time })
      .nullable()
      .meta({ description: "When it is expected to end, at best and at worst" }),
    estimated_duration_seconds: z.int().min(0).nullable().meta({
      description: "What jobs of this kind took lately in this account, or what the kind expects",
    }),
    outcome: z.string().nullable().meta({ description: "How it ended, a sentence" }),
    files: z.array(fileSchema).meta({ description: "What it left and is still kept" }),
    result_url: z.string().nullable().meta({
      description: "Leads to the file or page it left; null while there is none",
    }),
    error_message: z.string().nullable().meta({
      description: "Why it failed, or why it is being tried again",
    }),
    advice: z.string().nullable().meta({ description: "What a person can do about the error" }),
    retries: count.meta({ description: "Automatic tries again so far" }),
    max_retries: count,
    retry_of: z.string().nullable().meta({ description: "The job that this one repeats" }),
    cancellable: z.boolean().meta({ description: "Whether a cancel would do anything now" }),
    cancel_requested_at: time.nullable(),
    pause_requested_at: time.nullable(),
    metadata: z.record(z.string(), z.unknown()).meta({
      description: "The input it was started with; secrets are masked",
    }),
    version: z.int().meta({ description: "Grows with every visible change" }),
  })
  .openapi("Job");

export type JobJson = z.infer<typeof jobSchema>;
