/** `job.each`: batches of one item each. */
import { buffer } from "node:stream/consumers";
import type { BatchOptions, EachOptions, Items, JobContext } from "../../job.ts";
import type { Rejections } from "./rejections.ts";
import type { Run } from "./run.ts";
import type { Steps } from "./steps.ts";

interface Indexed {
  item: unknown;
  index: number;
}

type Batches = (
  options: BatchOptions<Indexed, number>,
  work: (items: Indexed[]) => Promise<void>,
) => Promise<void>;
type Sequence = Iterable<unknown> | AsyncIterable<unknown>;

export function createEach(
  run: Run,
  steps: Pick<Steps, "isInStep" | "runOnly" | "current">,
  rejections: Pick<Rejections, "waiting">,
  batches: Batches,
): JobContext["each"] {
  async function each(
    items: Items<unknown>,
    work: (item: unknown, index: number) => unknown,
    options: EachOptions,
  ): Promise<void> {
    const source = isQuery(items) ? await readRows(run, steps.current(), items) : items;
    const total = options.total ?? (Array.isArray(source) ? source.length : undefined);
    let outcome: unknown;
    const from = async function* (next = 0) {
      let index = 0;
      for await (const item of source) {
        if (index >= next) yield { items: [{ item, index }], cursor: index + 1 };
        index++;
      }
    };
    const write = async () => {
      if (outcome === "skipped") return { skipped: 1 };
      return rejections.waiting > 0 ? {} : { succeeded: 1 };
    };
    await batches({ total, from, write }, async ([each]) => {
      outcome = await work(each!.item, each!.index);
    });
  }

  return (items, work, options = {}) => {
    const doEach = () => each(items as Items<unknown>, work as never, options);
    return steps.isInStep() ? doEach() : steps.runOnly(doEach);
  };
}

function isQuery<Item>(items: Items<Item>): items is Extract<Items<Item>, { execute: unknown }> {
  return "execute" in items;
}

/**
 * Reads the rows once for all runs of the job. A query that ran again in a later run might give others,
 * or in another order, because of what the items before them changed.
 */
async function readRows(
  { storage, row }: Run,
  step: number,
  query: { execute(): Promise<readonly unknown[]> },
): Promise<Sequence> {
  const key = `jobs/${row.id}/scratch/each/${step}`;
  if ((await storage.size(key)) === undefined) {
    await storage.save(key, [Buffer.from(JSON.stringify(await query.execute()))]);
  }
  return JSON.parse((await buffer(storage.read(key))).toString());
}
