/**
 * Two web and three worker processes on a Postgres of their own, people who use them, and faults
 * one after the other. Then quiet, and a look at everything.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Backend } from "../../../server/backend/backend.ts";
import { openBackend } from "../../../server/backend/open.ts";
import { cancel } from "../../../server/engine/cancel.ts";
import { finalStatuses } from "../../../server/engine/status.ts";
import { ownPostgres } from "../own-postgres.ts";
import { check, type Findings } from "./check.ts";
import { faults, type Stage } from "./faults.ts";
import { startFleet } from "./fleet.ts";
import { startLoad } from "./load.ts";
import { random } from "./random.ts";
import { watchTakeovers } from "./takeovers.ts";

/** For what is left to be done once nothing is taken away any more. */
const calmMs = 90_000;

export interface Report extends Findings {
  jobs: number;
  /** How often each fault was made. */
  faults: Record<string, number>;
  /** From the loss of a worker to the next run of each of its jobs, ms. */
  takeovers: readonly number[];
}

export async function chaos(options: {
  seed: number;
  seconds: number;
  tell: (line: string) => void;
}): Promise<Report> {
  const { seed, seconds, tell } = options;
  const chance = random(seed);
  const postgres = await ownPostgres();
  const created = await postgres.create();
  const storageDir = await mkdtemp(join(tmpdir(), "headway-chaos-"));
  const place = { databaseUrl: created.url, storageDir };
  const fleet = await startFleet(place);
  const backend = await openBackend(created.url);
  const takeovers = watchTakeovers(backend);
  try {
    await backend.db.updateTable("accounts").set({ max_running_jobs: 30 }).execute();
    // What the demo account came with would still run at the end.
    for (const { id } of await active(backend)) await cancel(backend, id, "nobody");
    const load = await startLoad({ fleet, place, backend, chance: random(seed + 1) });
    const made = await disturb({ fleet, postgres, backend, chance, takeovers }, seconds, tell);
    tell("calm");
    await load.stop();
    await untilQuiet(backend);
    const findings = await check(backend, load.wishes);
    findings.violations.push(...fleet.died, ...load.contradictions);
    return { ...findings, jobs: load.wishes.length, faults: made, takeovers: takeovers.waits };
  } finally {
    await takeovers.stop();
    await fleet.stop();
    await backend.close();
    await created.remove();
    await rm(storageDir, { recursive: true, force: true });
  }
}

/** One fault after the other; some go on while the next ones come. */
async function disturb(stage: Stage, seconds: number, tell: (line: string) => void) {
  const made: Record<string, number> = {};
  const underWay: Promise<void>[] = [];
  const weights = Object.fromEntries(
    Object.entries(faults).map(([name, { weight }]) => [name, weight]),
  );
  for (const until = Date.now() + seconds * 1_000; Date.now() < until; ) {
    await sleep(stage.chance.between(500, 2_500));
    // With one web and one worker left, the next fault waits.
    const { webs, workers } = stage.fleet;
    if ([webs, workers].some((all) => all.filter(({ process }) => process).length < 2)) continue;
    const name = stage.chance.weighted(weights);
    made[name] = (made[name] ?? 0) + 1;
    tell(name);
    // The database may be away just now: then there is nothing to cut.
    underWay.push(faults[name]!.run(stage).catch((error) => tell(`  ${error.message}`)));
    if (name.startsWith("database")) await underWay.at(-1);
  }
  await Promise.all(underWay);
  return made;
}

async function untilQuiet(backend: Backend): Promise<void> {
  const late = Date.now() + calmMs;
  while ((await active(backend)).length > 0 && Date.now() < late) await sleep(200);
  // A queue entry is completed shortly after its job has ended.
  await sleep(2_000);
}

function active({ db }: Backend) {
  return db.selectFrom("jobs").select("id").where("status", "not in", finalStatuses).execute();
}
