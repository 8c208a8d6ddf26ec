/** Load on the fleet: clients that start jobs of several kinds, and cancel or pause some. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Backend } from "../../../server/backend/backend.ts";
import { finalStatuses, type Status } from "../../../server/engine/status.ts";
import type { Place } from "../../support/application.ts";
import type { Random } from "../../support/random.ts";
import { createClient } from "../api-client.ts";
import type { Fleet } from "./fleet.ts";

/** The most active jobs at a time. */
const maxActive = 40;
const pauseMs = 1_500;
const retryMs = 200;
/** The longest outage is half a minute, and processes start slowly on a busy machine. */
const maxTries = 1_000;

/** A job that a client starts, and what it must have written when it is done. */
export interface Order {
  key: string;
  kind: string;
  /** The first part of the email addresses of its rows. */
  prefix: string;
  rows: number;
  /** The job's id, once the API has returned it. */
  id?: string;
}

export interface Load {
  readonly orders: Order[];
  /** Keys for which the API returned two different jobs. */
  readonly conflicts: string[];
  /** Starts no more jobs and resolves when all pending requests are answered. */
  stop(): Promise<void>;
}

const kinds = { copy_rows: 4, sleep: 3, flaky: 2, contact_import: 1 };

export async function startLoad(options: {
  fleet: Fleet;
  place: Place;
  backend: Backend;
  chance: Random;
}): Promise<Load> {
  const { fleet, place, backend, chance } = options;
  const client = await createClient(fleet.webs[0]!.url, place);
  const orders: Order[] = [];
  const conflicts: string[] = [];
  const pending = new Set<Promise<void>>();
  let stopped = false;

  /** Repeats a request, on the next web process each time, until one answers. */
  async function retry<T>(request: (url: string) => Promise<T>): Promise<T> {
    for (let tries = 0; ; tries++) {
      const web = fleet.webs[tries % fleet.webs.length]!;
      try {
        return await request(web.url);
      } catch (error) {
        if (tries === maxTries) throw error;
        await sleep(retryMs);
      }
    }
  }

  async function inputOf({ kind, prefix, rows }: Order): Promise<object> {
    if (kind === "copy_rows") return { rows, size: 5, pause: 15, prefix };
    if (kind === "sleep") return { ms: rows * 10 };
    if (kind === "flaky") return { failures: rows % 2 };
    const body = `email,name\n${emails(prefix, rows).join(",Somebody\n")},Somebody\n`;
    return { upload_id: await retry((url) => client.upload("people.csv", body, url)) };
  }

  async function follow(order: Order): Promise<void> {
    const input = await inputOf(order);
    const start = (url: string) => client.start(order.kind, input, order.key, url);
    order.id = await retry(start);
    // A double click.
    if (chance.next() < 0.2) {
      const again = await retry(start);
      if (again !== order.id) conflicts.push(`${order.key}: ${order.id} and ${again}`);
    }
    await sleep(chance.between(100, 1_500));
    const action = chance.weighted({ none: 8, cancel: 1, pause: 1 });
    if (action === "none") return;
    await retry((url) => client.act(order.id!, action, url));
    if (action === "cancel") return;
    // Only a paused job can be resumed, and pausing takes a while.
    while ((await statusOf(order.id)) === "running") await sleep(pauseMs);
    await retry((url) => client.act(order.id!, "resume", url));
  }

  /** "running" while the database is down. */
  async function statusOf(id: string): Promise<Status> {
    const jobs = backend.db.selectFrom("jobs").select("status").where("id", "=", id);
    return jobs.executeTakeFirstOrThrow().then(
      ({ status }) => status,
      () => "running",
    );
  }

  async function active(): Promise<number> {
    const { count } = await backend.db
      .selectFrom("jobs")
      .select((eb) => eb.fn.countAll().as("count"))
      .where("status", "not in", finalStatuses)
      .executeTakeFirstOrThrow();
    return Number(count);
  }

  async function startJobs(): Promise<void> {
    while (!stopped) {
      await sleep(chance.between(20, 250));
      const room = await active()
        .then((count) => count < maxActive)
        .catch(() => false);
      if (!room || stopped) continue;
      const number = orders.length;
      const prefix = `chaos-${number}`;
      const rows = chance.between(50, 300);
      const order = { key: prefix, kind: chance.weighted(kinds), prefix, rows };
      orders.push(order);
      const following: Promise<void> = follow(order).finally(() => pending.delete(following));
      pending.add(following);
    }
  }

  const starting = startJobs();
  return {
    orders,
    conflicts,
    async stop() {
      stopped = true;
      await starting;
      await Promise.all(pending);
    },
  };
}

/** The email addresses of an import with so many rows. */
function emails(prefix: string, rows: number): string[] {
  return Array.from(
    { length: rows },
    (_, n) => `${prefix}-${String(n).padStart(8, "0")}@example.com`,
  );
}
