/**
 * Measures the CPU time that polling costs: people without a stream each watch a job of their own that
 * changes every second.
 */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { JobChanges } from "../streams/job-changes.ts";
import { startApplication } from "../support/application.ts";
import { inspect } from "../support/inspector.ts";
import { startProgram } from "../support/program.ts";
import { type Row, within } from "../support/row.ts";
import { median } from "../support/statistics.ts";
import type { BareServer } from "./bare-server.ts";
import { insertPeople, shareJobs } from "./insert-people.ts";
import type { Pollers } from "./pollers.ts";

const count = 1_000;
const everyMs = 3_000;
const secret = "only for measuring how much polling costs";
const sliceMs = 6_000;
const slices = 3;

export async function pollingClients(): Promise<Row[]> {
  const program = (name: string) => join(import.meta.dirname, name);
  const pollers = startProgram<Pollers>(program("pollers.ts"));
  const bare = startProgram<BareServer>(program("bare-server.ts"));
  const changes = startProgram<JobChanges>(program("../streams/job-changes.ts"));
  const settings = { SECRET: secret };
  const application = await startApplication({ entry: "web", inspect: true, settings });
  const web = await inspect(application.inspector);
  try {
    const { port, databaseFile: database } = application;
    const cookies = insertPeople(database, count, secret);
    const ids = await changes.call.create({ database, count });
    shareJobs(database, ids);
    await changes.call.start({ ids, perSecond: 1, times: false });
    const people = ids.map((id, at) => {
      return { path: `/live?topics=job:${id}&after=${id}:0`, cookie: cookies[at]! };
    });

    const ours = await measure(pollers, port, people, () => web.cpu());
    const bytes = Math.round(ours.bytes / ours.answers);
    const barePort = await bare.call.listen({ file: database, bytes });
    const theirs = await measure(pollers, barePort, people, () => bare.call.cpu({}));
    console.error(
      `  ${ours.answers} answers of ${bytes} bytes, ${ours.notModified} not modified; bare: ${theirs.answers}`,
    );
    return [
      within({
        what: `CPU for ${count.toLocaleString("en")} clients that poll every ${everyMs / 1_000} s`,
        ours: ours.cores,
        unit: "cores",
        limit: 0.4,
        baseline: { value: theirs.cores, by: "node:http, better-sqlite3, same bytes" },
      }),
    ];
  } finally {
    web.close();
    for (const each of [pollers, bare, changes]) each.stop();
    await application.stop();
  }
}

/** Discards the first rounds, in which connections open and code is compiled. */
async function measure(
  pollers: ReturnType<typeof startProgram<Pollers>>,
  port: number,
  people: { path: string; cookie: string }[],
  cpu: () => Promise<number>,
) {
  await pollers.call.start({ port, people, everyMs });
  await sleep(4 * everyMs);
  await pollers.call.count({});
  const cores: number[] = [];
  for (let slice = 0; slice < slices; slice++) {
    const before = { cpu: await cpu(), at: performance.now() };
    await sleep(sliceMs);
    cores.push(((await cpu()) - before.cpu) / (performance.now() - before.at));
  }
  const counted = await pollers.call.count({});
  await pollers.call.stop({});
  return { ...counted, cores: median(cores) };
}
