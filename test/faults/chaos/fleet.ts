/** Web and worker processes on one database, which are started again after they were killed. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
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

const clock = pathToFileURL(join(import.meta.dirname, "../move-clock.mjs"));

/** A member of the fleet, whose process may be replaced. */
export interface Member {
  readonly name: string;
  /** Holds by how much its clock is ahead, ms. */
  readonly clockFile: string;
  /** By how much its clock is ahead, ms. */
  aheadMs: number;
  /** Undefined while it is down. */
  process: Launched | undefined;
  /** The address of a web process. */
  url: string;
}

export interface Fleet {
  readonly webs: readonly Member[];
  readonly workers: readonly Member[];
  /** The processes that ended unexpectedly, with their last lines of output. */
  readonly crashes: string[];
  /** Ends a member's process and starts a new one after `awayMs`. */
  replace(member: Member, how: (process: Launched) => void, awayMs: number): Promise<void>;
  /** Sets the clocks of members so far ahead. A later shift adds to an earlier one, and 0 ends it. */
  shiftClock(members: readonly Member[], ms: number): void;
  stop(): Promise<void>;
}

export async function startFleet(place: Place): Promise<Fleet> {
  // The first start creates the demo account.
  await (await startApplication(place)).stop();
  const crashes: string[] = [];
  const expected = new Set<Launched>();

  const member = (name: string): Member => {
    const clockFile = join(place.storageDir, `${name}.clock`);
    writeFileSync(clockFile, "0");
    return { name, clockFile, aheadMs: 0, process: undefined, url: "" };
  };
  const fleet = {
    webs: Array.from({ length: webs }, (_, n) => member(`web ${n + 1}`)),
    workers: Array.from({ length: workers }, (_, n) => member(`worker ${n + 1}`)),
  };

  async function startMember(each: Member): Promise<void> {
    const environment = {
      ...settings,
      NODE_OPTIONS: `--import=${clock}`,
      CLOCK_FILE: each.clockFile,
    };
    if (fleet.webs.includes(each)) {
      const web = await startWeb(place, environment);
      each.url = web.url;
      each.process = web;
    } else {
      each.process = await startWorker(place, environment);
    }
    const process = each.process;
    void process.exited.then(({ code, signal }) => {
      if (expected.has(process)) return;
      const lines = process.output().trim().split("\n").slice(-5).join("\n");
      crashes.push(`${each.name} ended with ${signal ?? code}:\n${lines}`);
    });
  }

  /** Retries, because a process cannot start while the database is down. */
  async function startWithRetries(each: Member): Promise<void> {
    for (let tries = 0; ; tries++) {
      try {
        return await startMember(each);
      } catch (error) {
        if (tries === 20) throw error;
        await sleep(500);
      }
    }
  }

  await Promise.all([...fleet.webs, ...fleet.workers].map(startMember));
  return {
    ...fleet,
    crashes,
    async replace(each, how, awayMs) {
      const lost = each.process;
      if (!lost) return;
      expected.add(lost);
      each.process = undefined;
      how(lost);
      await lost.exited;
      await sleep(awayMs);
      await startWithRetries(each);
    },
    shiftClock(members, ms) {
      for (const each of members) {
        each.aheadMs = ms === 0 ? 0 : each.aheadMs + ms;
        writeFileSync(each.clockFile, String(each.aheadMs));
        if (!each.process) continue;
        for (const pid of [each.process.pid, ...descendantsOf(each.process.pid)])
          signalTo(pid, "SIGUSR2");
      }
    },
    async stop() {
      const all = [...fleet.webs, ...fleet.workers].flatMap(({ process }) => process ?? []);
      for (const each of all) expected.add(each);
      await Promise.all(all.map((each) => each.stop()));
    },
  };
}

/** Freezes a process and its children for a while, as an overloaded machine does. */
export async function freeze({ pid }: Launched, ms: number): Promise<void> {
  const family = [pid, ...descendantsOf(pid)];
  for (const each of family) signalTo(each, "SIGSTOP");
  await sleep(ms);
  for (const each of family) if (isAlive(each)) signalTo(each, "SIGCONT");
}
