/** The counts of lists for those who poll: counted once in a while, for all who ask. */

import type { JobReader } from "../engine/job-reader.ts";
import { createAnswerCache } from "../engine/list/answer-cache.ts";
import type { Frames } from "./frames.ts";
import { ownerOf, scopesOf } from "./list-counts.ts";
import type { Topic } from "./topics.ts";

const keptMs = 2_000;

/** `state` is another where the counts are others. */
export interface PolledCounts {
  state: string;
  html: string;
}

export function createPolledCounts(options: {
  reader: JobReader;
  frames: Pick<Frames, "counts">;
  now: () => number;
}) {
  const { reader, frames, now } = options;
  const cache = createAnswerCache<PolledCounts>(now, keptMs);

  async function read(scope: "mine" | "account", owner: ReturnType<typeof ownerOf>) {
    const counts = await reader.countByStatus(owner);
    return { state: Object.values(counts).join("-"), html: frames.counts(scope, counts, now()) };
  }

  return (
    topics: readonly Topic[],
    { accountId, userId }: { accountId: string; userId: string },
  ): Promise<PolledCounts[]> => {
    const lists = [...scopesOf(topics)].map((scope) => {
      const owner = ownerOf(scope, accountId, userId);
      return cache.of(
        JSON.stringify([scope, owner]),
        () => read(scope, owner),
        () => true,
      );
    });
    return Promise.all(lists);
  };
}
