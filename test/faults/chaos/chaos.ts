/**
 * Runs two web and three worker processes on one database under load, injects faults one after another,
 * waits until all jobs have finished, and checks that nothing was lost or doubled.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Backend } from "../../../server/backend/backend.ts";
import { openBackend } from "../../../server/backend/open.ts";
import { cancel } from "../../../server/engine/cancel.ts";
import { finalStatuses } from "../../../server/engine/status.ts";
import { createRandom } from "../../support/random.ts";
import { createRestartablePostgres } from "../../support/restartable-postgres.ts";
import { checkAll, type Findings } from "./check.ts";
import { faultsOf, type Target } from "./faults.ts";
import { startFleet } from "./fleet.ts";
import { startLoad } from "./load.ts";
import { watchTakeovers } from "./takeovers.ts";

/** The longest time for the remaining jobs to finish after the last fault, ms. */
const maxDrainMs = 180_000;

export interface Report extends Findings {
  jobs: number;
  /** The number of times that each fault was injected. */
  faults: Record<string, number>;
  /** The time from the loss of a worker to the next run of each of its jobs, ms. */
  takeovers: readonly number[];
}

export async function runChaos(options: {
  backend: Backend["name"];
  seed: number;
  seconds: number;
  report: (line: string) => void;
}): Promise<Report> {
  const { seed, seconds, report } = options;
  const chance = createRandom(seed);
  const postgres = options.backend === "postgres" ? await createRestartablePostgres() : undefined;
  const created = await postgres?.create();
  const storageDir = await mkdtemp(join(tmpdir(), "headway-chaos-"));
  const place = { databaseUrl: created?.url, storageDir };
  const url = created?.url ?? join(storageDir, "headway.db");
  const fleet = await startFleet(place);
  const backend = await openBackend(url);
  const takeovers = watchTakeovers(backend);
  try {
    await backend.db.updateTable("accounts").set({ max_running_jobs: 30 }).execute();
    // The jobs of the demo account would still run at the end.
    for (const { id } of await active(backend))
      await cancel({ backend, catalog: new Map() }, id, "nobody");
    const load = await startLoad({ fleet, place, backend, chance: createRandom(seed + 1) });
    const injected = await injectFaults(
      { fleet, postgres, url, backend, chance, takeovers },
      seconds,
      report,
    );
    report("draining");
    await load.stop();
    await drain(backend);
    const findings = await checkAll(backend, load.orders);
    findings.violations.push(...fleet.crashes, ...load.conflicts);
    return { ...findings, jobs: load.orders.length, faults: injected, takeovers: takeovers.waits };
  } finally {
    await takeovers.stop();
    await fleet.stop();
    await backend.close();
    await created?.remove();
    await rm(storageDir, { recursive: true, force: true });
  }
}

/** Injects faults one after another, of which some overlap. */
async function injectFaults(stage: Target, seconds: number, report: (line: string) => void) {
  const injected: Record<string, number> = {};
  const pending: Promise<void>[] = [];
  const faults = faultsOf(stage);
  const weights = Object.fromEntries(
    Object.entries(faults).map(([name, { weight }]) => [name, weight]),
  );
  for (const until = Date.now() + seconds * 1_000; Date.now() < until; ) {
    await sleep(stage.chance.between(500, 2_500));
    // At least one web process and one worker stay up.
    const { webs, workers } = stage.fleet;
    if ([webs, workers].some((all) => all.filter(({ process }) => process).length < 2)) continue;
    const name = stage.chance.weighted(weights);
    injected[name] = (injected[name] ?? 0) + 1;
    report(name);
    // A fault that needs the database fails while the database is down.
    pending.push(faults[name]!.run(stage).catch((error) => report(`  ${error.message}`)));
    if (name.startsWith("database")) await pending.at(-1);
  }
  await Promise.all(pending);
  return injected;
}

async function drain(backend: Backend): Promise<void> {
  const deadline = Date.now() + maxDrainMs;
  while ((await active(backend)).length > 0 && Date.now() < deadline) await sleep(200);
  // The queue entry of a job is removed shortly after the job has finished.
  await sleep(2_000);
}

function active({ db }: Backend) {
  return db.selectFrom("jobs").select("id").where("status", "not in", finalStatuses).execute();
}
