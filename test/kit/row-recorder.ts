/** Records how the row of a job on the dashboard reads, at each change and each reported progress. */
import { join } from "node:path";
import type { Backend } from "../../server/backend/backend.ts";
import type { StepRow } from "../../server/backend/schema.ts";
import type { Catalog } from "../../server/catalog.ts";
import { createJobReader } from "../../server/engine/job-reader.ts";
import type { JobSummaryRow } from "../../server/engine/job-summary.ts";
import type { JobProgress } from "../../server/engine/run/progress-tracker.ts";
import { createFrames } from "../../server/live/frames.ts";
import { isSameShape } from "../../server/live/next-frame.ts";
import { createRenderer } from "../../server/render.ts";

const render = createRenderer({
  viewsDir: join(import.meta.dirname, "../../views"),
  strict: true,
  cache: false,
});

export interface ReportedProgress {
  /** The step's name, empty outside of a step. */
  step: string;
  done: number;
  total: number | null;
  message: string | null;
}

export interface RowRecorder {
  /** Reads the row, and records it if its status, step or run has changed. */
  record(): Promise<void>;
  /** Watches the progress of a run. The live path would leave out some of it: at most five a second. */
  watch(progress: JobProgress): JobProgress;
  readonly progress: ReportedProgress[];
  /** @returns the texts of the row without its details, each once in a row */
  rows(): string[];
  /** @returns the HTML of the job's result, from the kind's own `result.eta` if it has one */
  result(): Promise<string>;
}

interface Seen {
  row: JobSummaryRow;
  steps: StepRow[];
  at: number;
}

export function createRowRecorder(backend: Backend, catalog: Catalog, id: string): RowRecorder {
  const reader = createJobReader({ backend, catalog });
  const frames = createFrames({ catalog, render, reader });
  const seen: Seen[] = [];
  const progress: ReportedProgress[] = [];
  let latest: Seen | undefined;

  return {
    progress,
    async record() {
      const [row] = await reader.summaries([id]);
      if (!row) return;
      latest = { row, steps: await reader.steps(id), at: backend.now() };
      if (!isSameShape(row, seen.at(-1)?.row)) seen.push(latest);
    },
    watch(watched) {
      let toJobProgress = (fraction: number | null) => fraction;
      let step = "";
      return {
        ...watched,
        get total() {
          return watched.total;
        },
        startStep(started) {
          toJobProgress = started.toJobProgress;
          step = latest?.steps[started.position]?.name ?? "";
          watched.startStep(started);
        },
        set(done, total, message) {
          watched.set(done, total, message);
          progress.push({ step, done, total, message });
          if (!latest) return;
          // The row as the next write of the progress makes it.
          const fraction = total ? Math.min(1, Math.max(0, done / total)) : null;
          const reported = { step_done: done, step_total: total, message };
          const row = { ...latest.row, ...reported, progress: toJobProgress(fraction) };
          seen.push({ ...latest, row, at: backend.now() });
        },
      };
    },
    rows() {
      const texts = seen.map(({ row, steps, at }) =>
        textOf(frames.row(frames.view(row, steps, at)).replace(/<details.*<\/details>/s, "")),
      );
      return texts.filter((text, index) => text !== texts[index - 1]);
    },
    async result() {
      const [row] = await reader.summaries([id]);
      return row ? frames.result(row, backend.now()) : "";
    },
  };
}

const entities: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };

/** The text of a fragment of HTML, in one line. */
function textOf(html: string): string {
  return html
    .replace(/<[^>]*>/g, " ")
    .replace(/&(\w+|#39);/g, (entity, name) => entities[name] ?? entity)
    .replace(/\s+/g, " ")
    .trim();
}
