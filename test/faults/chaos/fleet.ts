/** Web and worker processes on one database; those that were killed are started again. */
import { setTimeout as sleep } from "node:timers/promises";
import {
  type Environment,
  type Place,
  startApplication,
  startWeb,
  startWorker,
} from "../../support/application.ts";
import { descendantsOf, isAlive, type Launched, signalTo } from "../../support/processes.ts";

const webs = 2;
const workers = 3;
const settings: Environment = { RUNNERS: "2", CONCURRENCY: "20" };

/** A place in the fleet, whose process may change. */
export interface Member {
  readonly name: string;
  /** Undefined while it is away. */
  process: Launched | undefined;
  /** Of a web. */
  url: string;
}

export interface Fleet {
  readonly webs: readonly Member[];
  readonly workers: readonly Member[];
  /** What ended without having been asked to, with the last lines that it printed. */
  readonly died: string[];
  /** Ends a member as the fault has it, and starts it again after a while. */
  lose(member: Member, how: (process: Launched) => void, awayMs: number): Promise<void>;
  stop(): Promise<void>;
}

export async function startFleet(place: Place): Promise<Fleet> {
  // Makes the demo account, as a first start does.
  await (await startApplication(place)).stop();
  const died: string[] = [];
  const expected = new Set<Launched>();

  const member = (name: string): Member => ({ name, process: undefined, url: "" });
  const fleet = {
    webs: Array.from({ length: webs }, (_, n) => member(`web ${n + 1}`)),
    workers: Array.from({ length: workers }, (_, n) => member(`worker ${n + 1}`)),
  };

  async function begin(each: Member): Promise<void> {
    if (fleet.webs.includes(each)) {
      const web = await startWeb(place, settings);
      each.url = web.url;
      each.process = web;
    } else {
      each.process = await startWorker(place, settings);
    }
    const mine = each.process;
    void mine.gone.then(({ code, signal }) => {
      if (expected.has(mine)) return;
      const lines = mine.output().trim().split("\n").slice(-5).join("\n");
      died.push(`${each.name} ended with ${signal ?? code}:\n${lines}`);
    });
  }

  /** While the database is away a process may not get started; the next try will. */
  async function beginUntilThere(each: Member): Promise<void> {
    for (let tries = 0; ; tries++) {
      try {
        return await begin(each);
      } catch (error) {
        if (tries === 20) throw error;
        await sleep(500);
      }
    }
  }

  await Promise.all([...fleet.webs, ...fleet.workers].map(begin));
  return {
    ...fleet,
    died,
    async lose(each, how, awayMs) {
      const lost = each.process;
      if (!lost) return;
      expected.add(lost);
      each.process = undefined;
      how(lost);
      await lost.gone;
      await sleep(awayMs);
      await beginUntilThere(each);
    },
    async stop() {
      const all = [...fleet.webs, ...fleet.workers].flatMap(({ process }) => process ?? []);
      for (const each of all) expected.add(each);
      await Promise.all(all.map((each) => each.stop()));
    },
  };
}

/** Stands still for a while, as a machine that is short of everything does. */
export async function freeze({ pid }: Launched, ms: number): Promise<void> {
  const family = [pid, ...descendantsOf(pid)];
  for (const each of family) signalTo(each, "SIGSTOP");
  await sleep(ms);
  for (const each of family) if (isAlive(each)) signalTo(each, "SIGCONT");
}
