/** A catalog of kinds that finish at once, in three priorities. */
import { z } from "zod";
import type { Catalog } from "../../server/catalog.ts";
import { defineJob, type Kind } from "../../server/job.ts";

const noop = defineJob({
  title: "Nothing",
  description: "Finishes at once.",
  input: z.object({}),
  steps: { Doing: 1 },
  run: async () => ({ message: "Done" }),
});

export const noopCatalog: Catalog = new Map<string, Kind>([
  ["noop", noop],
  ["urgent", { ...noop, priority: -1 }],
  ["before_all", { ...noop, priority: -1_000 }],
]);
