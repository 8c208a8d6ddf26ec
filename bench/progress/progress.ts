/** Measures a call of `job.progress` in a real runner, including the writes that it causes. */
import Database from "better-sqlite3";
import { startApplication } from "../support/application.ts";
import { signUp } from "../support/person.ts";
import { type Row, within } from "../support/row.ts";
import { median } from "../support/statistics.ts";

const calls = 20_000_000;
const repetitions = 3;
const limitNs = 100;

export async function progress(): Promise<Row[]> {
  const application = await startApplication();
  try {
    const person = await signUp(application);
    const durations = { plain: [] as number[], withMessage: [] as number[] };
    for (let repetition = 0; repetition < repetitions; repetition++) {
      for (const [name, message] of [
        ["plain", false],
        ["withMessage", true],
      ] as const) {
        const id = await person.start("hot_loop", { calls, message });
        await person.finished(id);
        durations[name].push(outcomeOf(application.databaseFile, id));
      }
    }
    const row = (what: string, values: number[]) =>
      within({ what, ours: median(values), unit: "ns", limit: limitNs });
    return [
      row("progress(done, total) in a hot loop", durations.plain),
      row("progress(done, total, message) in a hot loop", durations.withMessage),
    ];
  } finally {
    await application.stop();
  }
}

/** The result of the job: nanoseconds per call. */
function outcomeOf(file: string, id: string): number {
  const database = new Database(file, { readonly: true });
  const outcome = database.prepare("select outcome from jobs where id = ?").pluck().get(id);
  database.close();
  return Number(outcome);
}
