/** The JSON of a job. */
import { z } from "@hono/zod-openapi";
import { downloadRoles, stepStatuses } from "../../backend/enums.ts";
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
    role: z.enum(downloadRoles).meta({ description: "`rejected`: the rows that were rejected." }),
    media_type: z.string(),
    size: z.int().meta({ description: "Size in bytes." }),
    url: z.string().meta({ description: "Redirects to a signed link to the file." }),
  })
  .openapi("File");

export const jobSchema = z
  .object({
    id: z.string().meta({ description: "UUIDv7." }),
    type: z.string().meta({ description: "The kind of job, such as `contact_import`." }),
    subject: z.string().nullable().meta({
      description: "What the job is about, usually the name of its file, such as `people.csv`.",
    }),
    status: statusSchema,
    reason: z.string().nullable().meta({
      description:
        "Why the job has this status: `retry`, `rescued`, `interrupted`, `resumed`, `made_room` (it gave its slot to another account and goes on by itself), `sleeping` (it continues at `waiting_until`), `woken`, `unknown_kind` (queued: no worker that knows its kind has taken it yet; failed: its kind was removed), `timeout`, `worker_lost`, `error` or `refused`.",
    }),
    progress_pct: z.int().min(0).max(100).nullable().meta({
      description: "Progress over all steps. Null if a total is unknown. 100 means done.",
    }),
    progress_message: z.string().nullable().meta({ description: "What the job is doing now." }),
    current_step: z
      .int()
      .min(1)
      .nullable()
      .meta({ description: "Counted from 1. Null before the first step." }),
    total_steps: z.int().min(0),
    steps: z.array(stepSchema),
    done: count.meta({
      description:
        "Number of finished items: the sum of `succeeded`, `rejected` and `skipped`. Without any, the progress of the current step.",
    }),
    total: count.nullable().meta({ description: "Total number of items. Null if unknown." }),
    succeeded: count,
    rejected: count,
    skipped: count,
    unit: z.string().meta({ description: "Plural name of the items, such as `rows`." }),
    created_at: time,
    run_at: time.meta({
      description:
        "The job does not start before this time. For a job that waits for a retry, the time of the retry.",
    }),
    started_at: time.nullable(),
    completed_at: time.nullable(),
    queue_position: z.int().min(1).nullable().meta({
      description:
        "Position in the account's queue, counted from 1. Null unless the job is queued and due, and null behind position 100.",
    }),
    waiting_until: time.nullable().meta({
      description:
        "The job waits until this time, for example for a rate limit. After a wait of 10 s or more it goes on as soon as it gets a slot.",
    }),
    waiting_for: z.string().nullable().meta({
      description: "Why the job waits, such as `the service allows 100 letters a minute`.",
    }),
    eta: z.object({ from: time, to: time }).nullable().meta({
      description: "The earliest and the latest time at which the job is expected to finish.",
    }),
    estimated_duration_seconds: z.int().min(0).nullable().meta({
      description:
        "Typical duration of recent jobs of this kind in the account, or the kind's own estimate.",
    }),
    outcome: z.string().nullable().meta({ description: "How the job ended, as a sentence." }),
    files: z.array(fileSchema).meta({ description: "Files of the job that have not expired." }),
    result_url: z.string().nullable().meta({
      description: "Redirects to the result, a file or a page. Null if there is none.",
    }),
    data: z.unknown().nullable().meta({
      description: "What the kind of job returned as its result. Null until it succeeded.",
    }),
    output_url: z.string().nullable().meta({
      description: "The text that the job has written so far. Null if there is none.",
    }),
    error_message: z.string().nullable().meta({
      description: "Why the job failed or is retried.",
    }),
    advice: z.string().nullable().meta({ description: "What a person can do about the error." }),
    retries: count.meta({ description: "Number of automatic retries since the last checkpoint." }),
    max_retries: count,
    schedule_id: z.string().nullable().meta({ description: "ID of the schedule that started it." }),
    planned_at: z.iso.datetime().nullable().meta({
      description: "The time of the schedule; null for a run that a person asked for.",
    }),
    retry_of: z.string().nullable().meta({ description: "ID of the job that this job retries." }),
    follow_ups: z.array(z.string()).meta({
      description: "Jobs that can be started with POST /jobs/{id}/follow-ups/{name}.",
    }),
    cancellable: z.boolean().meta({ description: "Whether the job can be cancelled now." }),
    cancel_requested_at: time.nullable(),
    pause_requested_at: time.nullable(),
    metadata: z.record(z.string(), z.unknown()).meta({
      description: "The input of the job. Secrets are masked.",
    }),
    version: z.int().meta({ description: "Increases with every visible change." }),
  })
  .openapi("Job");

export type JobJson = z.infer<typeof jobSchema>;
