/** People who start jobs of many kinds, and change their minds about some. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Backend } from "../../../server/backend/backend.ts";
import { finalStatuses, type Status } from "../../../server/engine/status.ts";
import type { Place } from "../../support/application.ts";
import { createClient } from "../api.ts";
import type { Fleet } from "./fleet.ts";
import type { Random } from "./random.ts";

/** So many at a time, whatever becomes of them. */
const mostActive = 40;
const pauseMs = 1_500;

/** What a job has to have done when it has succeeded. */
export interface Wish {
  key: string;
  kind: string;
  /** Its rows begin with this, for kinds that write any. */
  prefix: string;
  rows: number;
  /** The job, once its start was answered. */
  id?: string;
}

export interface Load {
  readonly wishes: Wish[];
  /** Two answers to one key that name different jobs. */
  readonly contradictions: string[];
  /** No new jobs; resolves when what was under way is over. */
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
  const wishes: Wish[] = [];
  const contradictions: string[] = [];
  const underWay = new Set<Promise<void>>();
  let stopped = false;

  /** As a program does that is answered by nobody: it asks again, with the same key, elsewhere. */
  async function insist<T>(ask: (url: string) => Promise<T>): Promise<T> {
    for (let tries = 0; ; tries++) {
      const web = fleet.webs[tries % fleet.webs.length]!;
      try {
        return await ask(web.url);
      } catch (error) {
        if (tries === 100) throw error;
        await sleep(200);
      }
    }
  }

  async function inputOf({ kind, prefix, rows }: Wish): Promise<object> {
    if (kind === "copy_rows") return { rows, size: 5, pause: 15, prefix };
    if (kind === "sleep") return { ms: rows * 10 };
    if (kind === "flaky") return { failures: rows % 2 };
    const body = `email,name\n${emails(prefix, rows).join(",Somebody\n")},Somebody\n`;
    return { upload_id: await insist((url) => client.upload("people.csv", body, url)) };
  }

  async function live(wish: Wish): Promise<void> {
    const input = await inputOf(wish);
    const begin = (url: string) => client.start(wish.kind, input, wish.key, url);
    wish.id = await insist(begin);
    // A click too many.
    if (chance.next() < 0.2) {
      const again = await insist(begin);
      if (again !== wish.id) contradictions.push(`${wish.key}: ${wish.id} and ${again}`);
    }
    await sleep(chance.between(100, 1_500));
    const whim = chance.weighted({ none: 8, cancel: 1, pause: 1 });
    if (whim === "none") return;
    await insist((url) => client.act(wish.id!, whim, url));
    if (whim === "cancel") return;
    // Only what stands can go on; it may take a while to stand.
    while ((await statusOf(wish.id)) === "running") await sleep(pauseMs);
    await insist((url) => client.act(wish.id!, "resume", url));
  }

  /** "running" as long as the database is away: it will tell. */
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

  async function go(): Promise<void> {
    while (!stopped) {
      await sleep(chance.between(20, 250));
      const room = await active()
        .then((count) => count < mostActive)
        .catch(() => false);
      if (!room || stopped) continue;
      const number = wishes.length;
      const prefix = `chaos-${number}`;
      const rows = chance.between(50, 300);
      const wish = { key: prefix, kind: chance.weighted(kinds), prefix, rows };
      wishes.push(wish);
      const living: Promise<void> = live(wish).finally(() => underWay.delete(living));
      underWay.add(living);
    }
  }

  const going = go();
  return {
    wishes,
    contradictions,
    async stop() {
      stopped = true;
      await going;
      await Promise.all(underWay);
    },
  };
}

/** The addresses that an import of so many rows leaves. */
function emails(prefix: string, rows: number): string[] {
  return Array.from(
    { length: rows },
    (_, n) => `${prefix}-${String(n).padStart(8, "0")}@example.com`,
  );
}
