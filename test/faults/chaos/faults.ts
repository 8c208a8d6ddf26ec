/** The faults that a chaos run injects into processes, connections and the database. */
import { sql } from "kysely";
import type { Backend } from "../../../server/backend/backend.ts";
import { childrenOf, killFamily, signalTo } from "../../support/processes.ts";
import type { RestartablePostgres } from "../../support/restartable-postgres.ts";
import { type Fleet, freeze, type Member } from "./fleet.ts";
import type { Random } from "./random.ts";
import type { Takeovers } from "./takeovers.ts";

export interface Target {
  fleet: Fleet;
  postgres: RestartablePostgres;
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

const running = (members: readonly Member[]) => members.filter(({ process }) => process);

export const faults: Record<string, Fault> = {
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
  "queue entries lost": {
    weight: 2,
    async run({ backend }) {
      await sql`delete from graphile_worker._private_jobs where locked_at is null`.execute(
        backend.db,
      );
    },
  },
};

async function outage({ postgres, takeovers }: Target, mode: "fast" | "immediate") {
  takeovers.discard();
  await postgres.stop(mode);
  await postgres.start();
  takeovers.discard();
}
