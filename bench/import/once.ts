/** One import, from the start to the end of its job, with all that goes on around it. */
import { setInterval as every } from "node:timers/promises";
import { startApplication } from "../support/application.ts";
import { signUp } from "../support/person.ts";
import { descendants, memoryOf, peakMemoryOf } from "../support/processes.ts";
import type { Program } from "../support/program.ts";
import { warmUp } from "../support/warm-up.ts";
import { watchJob } from "../support/watchers.ts";
import type { Visitors } from "./visitors.ts";
import type { WriterWatch } from "./writer-watch.ts";

const streams = 100;

export interface Imported {
  seconds: number;
  /** The longest that the import held the writer, ms. */
  longestWrite: number;
  /** Of the busiest runner, above what an idle one holds, bytes. */
  peakMemory: number;
  /** Of pages and of starting jobs meanwhile, ms. */
  waits: { pages: number[]; starts: number[] };
}

export async function importOnce(
  people: string,
  {
    visitors,
    watch,
    afterwards = async () => {},
  }: {
    visitors: Program<Visitors>;
    watch: Program<WriterWatch>;
    /** Told the application's database file while it is still there. */
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
    return { seconds, waits, longestWrite: Math.max(...writes), peakMemory: peak - idle };
  } finally {
    await application.stop();
  }

  function runners(): number[] {
    return descendants(application.pid, "runner.ts");
  }
}

/** Looks at all runners until it is called. */
function peakMemory(runners: () => number[]): () => Promise<number> {
  let most = 0;
  let looking = true;
  const look = () => {
    for (const pid of runners()) most = Math.max(most, peakMemoryOf(pid));
  };
  const done = (async () => {
    for await (const _ of every(1_000)) {
      look();
      if (!looking) return;
    }
  })();
  return async () => {
    look();
    looking = false;
    await done;
    return most;
  };
}
