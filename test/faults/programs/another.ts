/** Another process on the same database, as a second web server is: cancels and starts when told. */
import { openBackend } from "../../../server/backend/open.ts";
import { readCatalog } from "../../../server/catalog.ts";
import { cancel } from "../../../server/engine/cancel.ts";
import type { StartRequest } from "../../../server/engine/start/request.ts";
import { start } from "../../../server/engine/start/start.ts";
import { jobsDirs } from "../../support/application.ts";

export type Told =
  | { call: number; cancel: string }
  | { call: number; start: StartRequest; times: number };

/** What is told back: the ids of the jobs. */
export interface Answered {
  call: number;
  ids: string[];
  error?: string;
}

const backend = await openBackend(process.argv[2]!);
const catalog = await readCatalog(jobsDirs);

async function carryOut(told: Told): Promise<string[]> {
  if ("cancel" in told) return [(await cancel(backend, told.cancel, "person-1")).id];
  const starts = Array.from({ length: told.times }, () => start(backend, catalog, told.start));
  return (await Promise.all(starts)).map(({ job }) => job.id);
}

process.on("message", async (told: Told) => {
  const { call } = told;
  const answer: Answered = await carryOut(told).then(
    (ids) => ({ call, ids }),
    (error) => ({ call, ids: [], error: String(error) }),
  );
  process.send!(answer);
});
process.on("disconnect", () => process.exit(0));
process.send!({ call: 0, ids: [] } satisfies Answered);
