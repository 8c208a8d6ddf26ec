/**
 * The fragments of HTML in the answers to polls. Jobs and counts are read and rendered once for all
 * browsers. Callers check the permissions of each.
 */
import { LRUCache } from "lru-cache";
import type { StepRow } from "../backend/schema.ts";
import type { JobReader } from "../engine/job-reader.ts";
import type { JobSummaryRow } from "../engine/job-summary.ts";
import { createQueryCache } from "../engine/list/query-cache.ts";
import { isFinal } from "../engine/status.ts";
import type { Frames } from "./frames.ts";
import { isSameShape } from "./next-frame.ts";
import { type ListScope, listOwner, scopesOf, type Topic } from "./topics.ts";

const rowMaxAgeMs = 1_000;
const countsMaxAgeMs = 2_000;
const maxJobs = 2_000;
/** Elapsed times, countdowns and queue positions change without a write to the job. */
const activeRefreshMs = 3_000;
/** An ended or paused job changes too, for example when a file expires. */
const idleRefreshMs = 60_000;

interface Parts {
  reader: JobReader;
  frames: Frames;
  now: () => number;
}

export interface PolledJobs {
  /** @returns the rows of the jobs that exist, at most a second old, in no order */
  rows(ids: readonly string[]): Promise<JobSummaryRow[]>;
  /** @returns a name of the visible state: fragments of the same state are equal */
  stateOf(row: JobSummaryRow): string;
  /** @returns fragments by job id */
  fragments(rows: readonly JobSummaryRow[]): Promise<Map<string, JobFragments>>;
}

/** The fragments of one job, each rendered at its first use. */
export interface JobFragments {
  /** The panel, the text that the job has written, and the result of an ended job. */
  page(): Promise<string>;
  row(): string;
}

interface CachedJob {
  readAt: number;
  row: Promise<JobSummaryRow | undefined>;
  rendered?: JobFragments & { state: string; source: JobSummaryRow; steps: readonly StepRow[] };
}

export function createPolledJobs({ reader, frames, now }: Parts): PolledJobs {
  const cache = new LRUCache<string, CachedJob>({ max: maxJobs });

  /** Starts one read for all ids. Other requests for these ids share it. */
  function startRead(ids: readonly string[], at: number): void {
    const reading = reader.summaries(ids).then((rows) => new Map(rows.map((row) => [row.id, row])));
    for (const id of ids) {
      const row = reading.then((rows) => rows.get(id));
      row.catch(() => cache.delete(id));
      cache.set(id, { ...cache.get(id), readAt: at, row });
    }
  }

  function stateOf(row: JobSummaryRow): string {
    const at = now();
    const isIdle =
      isFinal(row.status) || row.status === "paused" || row.run_at - at > idleRefreshMs;
    return `${row.version}.${Math.floor(at / (isIdle ? idleRefreshMs : activeRefreshMs))}`;
  }

  async function outputOf(row: JobSummaryRow, at: number): Promise<string> {
    if (row.output_length === 0) return "";
    return frames.output(row, await reader.output(row.id, 0), at);
  }

  function fragmentsOf(
    row: JobSummaryRow,
    steps: readonly StepRow[],
  ): NonNullable<CachedJob["rendered"]> {
    const at = now();
    const view = frames.view(row, steps, at);
    let page: string | undefined;
    let listRow: string | undefined;
    return {
      ...{ state: stateOf(row), source: row, steps },
      async page() {
        page ??= frames.panel(view) + (await outputOf(row, at)) + (await frames.result(row, at));
        return page;
      },
      row() {
        listRow ??= frames.row(view);
        return listRow;
      },
    };
  }

  return {
    stateOf,

    async rows(ids) {
      const at = now();
      const old = ids.filter((id) => !((cache.get(id)?.readAt ?? 0) > at - rowMaxAgeMs));
      if (old.length > 0) startRead(old, at);
      const rows = await Promise.all(ids.map((id) => cache.get(id)?.row));
      return rows.filter((row) => row !== undefined);
    },

    async fragments(rows) {
      const found = new Map<string, JobFragments>();
      const withoutSteps: string[] = [];
      for (const row of rows) {
        const rendered = cache.get(row.id)?.rendered;
        if (rendered?.state === stateOf(row)) found.set(row.id, rendered);
        else if (!rendered || !isSameShape(row, rendered.source)) withoutSteps.push(row.id);
      }
      const steps = await reader.stepsByJob(withoutSteps);
      for (const row of rows) {
        if (found.has(row.id)) continue;
        const cached = cache.get(row.id);
        const next = fragmentsOf(row, steps.get(row.id) ?? cached?.rendered?.steps ?? []);
        if (cached) cached.rendered = next;
        found.set(row.id, next);
      }
      return found;
    },
  };
}

export interface PolledCounts {
  /** Differs when the counts do. */
  state: string;
  html: string;
}

/** @returns a function that reads the counts of each list among the topics, at most 2 s old */
export function createPolledCounts({ reader, frames, now }: Parts) {
  const cache = createQueryCache<PolledCounts>(now, countsMaxAgeMs);

  async function read(scope: ListScope, owner: ReturnType<typeof listOwner>) {
    const counts = await reader.countByStatus(owner);
    return { state: Object.values(counts).join("-"), html: frames.counts(scope, counts, now()) };
  }

  return (
    topics: readonly Topic[],
    { accountId, userId }: { accountId: string; userId: string },
  ): Promise<PolledCounts[]> => {
    const lists = [...scopesOf(topics)].map((scope) => {
      const owner = listOwner(scope, accountId, userId);
      return cache.get(
        JSON.stringify([scope, owner]),
        () => read(scope, owner),
        () => true,
      );
    });
    return Promise.all(lists);
  };
}
