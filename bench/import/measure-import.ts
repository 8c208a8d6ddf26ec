/** Measures one import from the start to the end of its job, under load. */
import { setInterval as every } from "node:timers/promises";
import { startApplication } from "../support/application.ts";
import { signUp } from "../support/person.ts";
import { descendants, memoryOf, peakMemoryOf } from "../support/processes.ts";
import type { Program } from "../support/program.ts";
import { warmUp } from "../support/warm-up.ts";
import { watchJob } from "../support/watch-job.ts";
import type { Visitors } from "./visitors.ts";
import type { WriterWatch } from "./writer-watch.ts";

const streams = 100;

export interface Imported {
  seconds: number;
  /** The longest time for which the import held the write lock, ms. */
  maxWriteMs: number;
  /** The peak memory of the busiest runner above that of an idle one, bytes. */
  peakMemory: number;
  /** The response times of pages and of job starts during the import, ms. */
  waits: { pages: number[]; starts: number[] };
}

export async function measureImport(
  people: string,
  {
    visitors,
    watch,
    afterwards = async () => {},
  }: {
    visitors: Program<Visitors>;
    watch: Program<WriterWatch>;
    /** Called with the database file before the application is removed. */
    afterwards?: (databaseFile: string) => Promise<void>;
  },
): Promise<Imported> {
  const application = await startApplication();
  try {
    const person = await signUp(application);
    const uploadId = await person.upload(people);
    await warmUp(application.url, person.cookie);
    const idle = Math.max(...runners().map(memoryOf));
    await watch.call.start({ file: application.databaseFile });

    const startedAt = performance.now();
    const id = await person.start("contact_import", { upload_id: uploadId });
    const stopWatching = watchJob(application.port, person.cookie, id, streams);
    await person.running(id);
    await visitors.call.start({ port: application.port, ...person });
    const peaks = peakMemory(runners);
    await person.finished(id);
    const seconds = (performance.now() - startedAt) / 1_000;

    const waits = await visitors.call.stop({});
    const writes = await watch.call.stop({});
    stopWatching();
    const peak = await peaks();
    await afterwards(application.databaseFile);
    console.error(
      `  ${seconds.toFixed(1)} s, ${writes.length} transactions seen, the longest ${Math.max(...writes).toFixed(1)} ms`,
    );
    return { seconds, waits, maxWriteMs: Math.max(...writes), peakMemory: peak - idle };
  } finally {
    await application.stop();
  }

  function runners(): number[] {
    return descendants(application.pid, "runner.ts");
  }
}

/** Polls the memory of all runners. @returns a function that stops and returns the peak, bytes */
function peakMemory(runners: () => number[]): () => Promise<number> {
  let peak = 0;
  let polling = true;
  const poll = () => {
    for (const pid of runners()) peak = Math.max(peak, peakMemoryOf(pid));
  };
  const done = (async () => {
    for await (const _ of every(1_000)) {
      poll();
      if (!polling) return;
    }
  })();
  return async () => {
    poll();
    polling = false;
    await done;
    return peak;
  };
}
