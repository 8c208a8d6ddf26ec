/** A process on the same database, like a second web process: starts and cancels jobs on command. */
import { openBackend } from "../../../server/backend/open.ts";
import { readCatalog } from "../../../server/catalog.ts";
import { cancel } from "../../../server/engine/cancel.ts";
import type { StartRequest } from "../../../server/engine/start/request.ts";
import { start } from "../../../server/engine/start/start.ts";
import { jobsDirs } from "../../support/application.ts";

export type Command =
  | { call: number; cancel: string }
  | { call: number; start: StartRequest; times: number };

/** The ids of the jobs of a command. */
export interface Reply {
  call: number;
  ids: string[];
  error?: string;
}

const backend = await openBackend(process.argv[2]!);
const catalog = await readCatalog(jobsDirs);

async function execute(command: Command): Promise<string[]> {
  if ("cancel" in command)
    return [(await cancel({ backend, catalog }, command.cancel, "person-1")).id];
  const starts = Array.from({ length: command.times }, () =>
    start(backend, catalog, command.start),
  );
  return (await Promise.all(starts)).map(({ job }) => job.id);
}

process.on("message", async (command: Command) => {
  const { call } = command;
  const reply: Reply = await execute(command).then(
    (ids) => ({ call, ids }),
    (error) => ({ call, ids: [], error: String(error) }),
  );
  process.send!(reply);
});
process.on("disconnect", () => process.exit(0));
process.send!({ call: 0, ids: [] } satisfies Reply);
