/** The faults that a chaos run injects into processes, connections, clocks and the database. */
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import Database from "better-sqlite3";
import { sql } from "kysely";
import type { Backend } from "../../../server/backend/backend.ts";
import { childrenOf, killFamily, signalTo } from "../../support/processes.ts";
import type { Random } from "../../support/random.ts";
import type { RestartablePostgres } from "../../support/restartable-postgres.ts";
import { type Fleet, freeze, type Member } from "./fleet.ts";
import type { Takeovers } from "./takeovers.ts";

export interface Target {
  fleet: Fleet;
  /** The server, or undefined on SQLite. */
  postgres: RestartablePostgres | undefined;
  /** The address of the database. */
  url: string;
  backend: Backend;
  chance: Random;
  takeovers: Takeovers;
}

export interface Fault {
  /** How often it is chosen, relative to the others. */
  weight: number;
  /** Resolves when everything it broke works again. */
  run(target: Target): Promise<void>;
}

const hour = 3_600_000;
const running = (members: readonly Member[]) => members.filter(({ process }) => process);

const common: Record<string, Fault> = {
  "worker lost with its runners": {
    weight: 4,
    async run({ fleet, chance, takeovers }) {
      const worker = chance.pick(running(fleet.workers));
      await takeovers.expect([worker.process!.pid]);
      await fleet.replace(worker, killFamily, chance.between(500, 3_000));
    },
  },
  "worker killed, its runners orphaned": {
    weight: 2,
    async run({ fleet, chance, takeovers }) {
      const worker = chance.pick(running(fleet.workers));
      await takeovers.expect([worker.process!.pid]);
      await fleet.replace(worker, ({ kill }) => kill("SIGKILL"), chance.between(500, 3_000));
    },
  },
  "worker in a crash loop": {
    weight: 2,
    async run({ fleet, backend, chance, takeovers }) {
      const worker = chance.pick(running(fleet.workers));
      for (let crash = chance.between(2, 4); crash > 0 && worker.process; crash--) {
        const { pid } = worker.process;
        await untilClaimed(backend, pid);
        await takeovers.expect([pid]);
        await fleet.replace(worker, killFamily, chance.between(100, 500));
      }
    },
  },
  "workers struck off the list": {
    weight: 2,
    async run({ backend, chance }) {
      for (let strike = chance.between(2, 6); strike > 0; strike--) {
        await backend.db.deleteFrom("workers").execute();
        await sleep(chance.between(50, 400));
      }
    },
  },
  "runner killed": {
    weight: 3,
    async run({ fleet, chance }) {
      const worker = chance.pick(running(fleet.workers)).process!;
      const runners = childrenOf(worker.pid);
      if (runners.length > 0) signalTo(chance.pick(runners), "SIGKILL");
    },
  },
  "worker frozen beyond its lease": {
    weight: 2,
    async run({ fleet, chance, takeovers }) {
      const worker = chance.pick(running(fleet.workers));
      await takeovers.expect([worker.process!.pid]);
      await freeze(worker.process!, chance.between(7_000, 9_000));
    },
  },
  "worker stopped by a deploy": {
    weight: 2,
    run: ({ fleet, chance }) =>
      fleet.replace(chance.pick(running(fleet.workers)), ({ kill }) => kill("SIGTERM"), 500),
  },
  "web killed": {
    weight: 3,
    run: ({ fleet, chance }) =>
      fleet.replace(chance.pick(running(fleet.webs)), ({ kill }) => kill("SIGKILL"), 300),
  },
  "clients that send slowly": {
    weight: 1,
    async run({ fleet, chance }) {
      const { url } = chance.pick(running(fleet.webs));
      const sockets = Array.from({ length: 30 }, () => connect(Number(new URL(url).port)));
      for (const socket of sockets) socket.on("error", () => {});
      for (const letter of "POST /jobs") {
        for (const socket of sockets) socket.write(letter);
        await sleep(500);
      }
      for (const socket of sockets) socket.destroy();
    },
  },
};

const onPostgres: Record<string, Fault> = {
  "clock of a worker set": {
    weight: 1,
    async run({ fleet, chance }) {
      const worker = chance.pick(running(fleet.workers));
      fleet.shiftClock([worker], chance.pick([-hour, 3 * hour]));
      await sleep(chance.between(3_000, 10_000));
      fleet.shiftClock([worker], 0);
    },
  },
  "connections to the database cut": {
    weight: 3,
    async run({ backend }) {
      await sql`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid() and random() < 0.5`.execute(
        backend.db,
      );
    },
  },
  "database restarted": {
    weight: 1,
    run: (target) => outage(target, "fast"),
  },
  "database crashed": {
    weight: 1,
    run: (target) => outage(target, "immediate"),
  },
  "database away": {
    weight: 1,
    run: (target) =>
      outage(target, "fast", target.chance.weighted({ 1000: 4, 4000: 4, 7000: 4, 31000: 1 })),
  },
  "queue entries lost": {
    weight: 2,
    async run({ backend }) {
      await sql`delete from graphile_worker._private_jobs where locked_at is null`.execute(
        backend.db,
      );
    },
  },
};

/** The processes share a machine, and with it the clock. */
const onSqlite: Record<string, Fault> = {
  "clock of the machine jumped ahead": {
    weight: 1,
    // Never back: jobs that were started meanwhile would be due in hours.
    async run({ fleet, chance }) {
      fleet.shiftClock([...fleet.webs, ...fleet.workers], chance.between(1, 3) * hour);
    },
  },
  "all processes killed": {
    weight: 2,
    async run({ fleet, chance, takeovers }) {
      takeovers.discard();
      const members = [...running(fleet.webs), ...running(fleet.workers)];
      const awayMs = chance.between(500, 3_000);
      await Promise.all(members.map((member) => fleet.replace(member, killFamily, awayMs)));
    },
  },
  "database locked by another program": {
    weight: 2,
    async run({ url, chance }) {
      const file = new Database(url, { timeout: 10_000 });
      file.exec("begin immediate");
      await sleep(chance.between(500, 4_000));
      file.exec("rollback");
      file.close();
    },
  },
};

/** @returns the faults that the backend can have, by name */
export function faultsOf({ postgres }: Pick<Target, "postgres">): Record<string, Fault> {
  return { ...common, ...(postgres ? onPostgres : onSqlite) };
}

/** Waits until the process runs a job, but no longer than a few seconds: the queue may be empty. */
async function untilClaimed({ db }: Backend, pid: number): Promise<void> {
  for (let tries = 0; tries < 50; tries++) {
    const claimed = await db
      .selectFrom("jobs")
      .innerJoin("workers", "workers.id", "jobs.worker_id")
      .select("jobs.id")
      .where("jobs.status", "=", "running")
      .where("workers.pid", "=", pid)
      .executeTakeFirst();
    if (claimed) return;
    await sleep(100);
  }
}

async function outage(
  { postgres, takeovers }: Target,
  mode: "fast" | "immediate",
  awayMs: number | string = 0,
): Promise<void> {
  takeovers.discard();
  await postgres!.stop(mode);
  await sleep(Number(awayMs));
  await postgres!.start();
  takeovers.discard();
}
