/**
 * Jobs as those see them who poll: rows are read at most once a second, fragments rendered once for
 * each state, however many ask. Who may see a job is decided for each who asks, not here.
 */
import { LRUCache } from "lru-cache";
import type { StepRow } from "../backend/schema.ts";
import type { JobReader } from "../engine/job-reader.ts";
import type { JobSummaryRow } from "../engine/job-summary.ts";
import { isFinal } from "../engine/status.ts";
import type { Frames } from "./frames.ts";
import { sameShape } from "./watched-job.ts";

const freshMs = 1_000;
const maxJobs = 2_000;
/** What changes without a write (elapsed, countdowns, places in line) is shown anew this often. */
const movingMs = 3_000;
/** What stands still may change by what is beside it: a file that is no longer kept. */
const standingMs = 60_000;

export interface PolledJobs {
  /** Those that there are, at most a second old, in no order. */
  rows(ids: readonly string[]): Promise<JobSummaryRow[]>;
  /** Names what a job shows now: as long as it is the same, so are its fragments. */
  stateOf(row: JobSummaryRow): string;
  /** The fragments of a job's page, or of its row in a list. */
  show(rows: readonly JobSummaryRow[]): Promise<Map<string, Shown>>;
}

/** Rendered when it is asked for. */
export interface Shown {
  /** The panel, and once it ended the result. */
  page(): Promise<string>;
  row(): string;
}

interface Known {
  readAt: number;
  row: Promise<JobSummaryRow | undefined>;
  shown?: Shown & { state: string; of: JobSummaryRow; steps: readonly StepRow[] };
}

export function createPolledJobs(options: {
  reader: JobReader;
  frames: Frames;
  now: () => number;
}): PolledJobs {
  const { reader, frames, now } = options;
  const jobs = new LRUCache<string, Known>({ max: maxJobs });

  function read(ids: readonly string[], at: number): void {
    const reading = reader.summaries(ids).then((rows) => new Map(rows.map((row) => [row.id, row])));
    for (const id of ids) {
      const row = reading.then((rows) => rows.get(id));
      row.catch(() => jobs.delete(id));
      jobs.set(id, { ...jobs.get(id), readAt: at, row });
    }
  }

  function stateOf(row: JobSummaryRow): string {
    const at = now();
    const stands = isFinal(row.status) || row.status === "paused" || row.run_at - at > standingMs;
    return `${row.version}.${Math.floor(at / (stands ? standingMs : movingMs))}`;
  }

  function shownOf(row: JobSummaryRow, steps: readonly StepRow[]): NonNullable<Known["shown"]> {
    const at = now();
    const view = frames.view(row, steps, at);
    let page: string | undefined;
    let line: string | undefined;
    return {
      ...{ state: stateOf(row), of: row, steps },
      async page() {
        page ??= frames.panel(view) + (await frames.result(row, at));
        return page;
      },
      row() {
        line ??= frames.row(view);
        return line;
      },
    };
  }

  return {
    stateOf,

    async rows(ids) {
      const at = now();
      const old = ids.filter((id) => !((jobs.get(id)?.readAt ?? 0) > at - freshMs));
      if (old.length > 0) read(old, at);
      const rows = await Promise.all(ids.map((id) => jobs.get(id)?.row));
      return rows.filter((row) => row !== undefined);
    },

    async show(rows) {
      const shown = new Map<string, Shown>();
      const stepless: string[] = [];
      for (const row of rows) {
        const known = jobs.get(row.id)?.shown;
        if (known?.state === stateOf(row)) shown.set(row.id, known);
        else if (!known || !sameShape(row, known.of)) stepless.push(row.id);
      }
      const steps = await reader.stepsByJob(stepless);
      for (const row of rows) {
        if (shown.has(row.id)) continue;
        const known = jobs.get(row.id);
        const next = shownOf(row, steps.get(row.id) ?? known?.shown?.steps ?? []);
        if (known) known.shown = next;
        shown.set(row.id, next);
      }
      return shown;
    },
  };
}
