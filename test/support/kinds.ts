/** Kinds for tests that run inside the test's own process. */
import { z } from "zod";
import type { Catalog } from "../../server/catalog.ts";
import { defineJob, type Kind } from "../../server/job.ts";

const noop = defineJob({
  title: "Nothing",
  description: "Ends at once.",
  input: z.object({}),
  steps: { Doing: 1 },
  run: async () => ({ message: "Done" }),
});

export const testCatalog: Catalog = new Map<string, Kind>([
  ["noop", noop],
  ["urgent", { ...noop, priority: -1 }],
  ["before_all", { ...noop, priority: -1_000 }],
]);
