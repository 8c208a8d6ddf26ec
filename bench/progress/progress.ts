/** What a call of `job.progress` costs a kind, in a real runner, the writing it causes included. */
import Database from "better-sqlite3";
import { startApplication } from "../support/application.ts";
import { median } from "../support/figures.ts";
import { signUp } from "../support/person.ts";
import { type Row, within } from "../support/row.ts";

const calls = 20_000_000;
const repetitions = 3;
const limitNs = 100;

export async function progress(): Promise<Row[]> {
  const application = await startApplication();
  try {
    const person = await signUp(application);
    const took = { plain: [] as number[], told: [] as number[] };
    for (let repetition = 0; repetition < repetitions; repetition++) {
      for (const [name, message] of [
        ["plain", false],
        ["told", true],
      ] as const) {
        const id = await person.start("hot_loop", { calls, message });
        await person.finished(id);
        took[name].push(outcomeOf(application.databaseFile, id));
      }
    }
    const row = (what: string, values: number[]) =>
      within({ what, ours: median(values), unit: "ns", limit: limitNs });
    return [
      row("progress(done, total) in a hot loop", took.plain),
      row("progress(done, total, message) in a hot loop", took.told),
    ];
  } finally {
    await application.stop();
  }
}

/** Nanoseconds a call: what the kind says in the end. */
function outcomeOf(file: string, id: string): number {
  const database = new Database(file, { readonly: true });
  const outcome = database.prepare("select outcome from jobs where id = ?").pluck().get(id);
  database.close();
  return Number(outcome);
}
