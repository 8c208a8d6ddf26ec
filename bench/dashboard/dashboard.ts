/** Measures a dashboard of 50 rows beside bare `node:http` with the same query and literals. */
import { join } from "node:path";
import { startApplication } from "../support/application.ts";
import { signUp } from "../support/person.ts";
import { startProgram } from "../support/program.ts";
import { atLeast, type Row } from "../support/row.ts";
import { median } from "../support/statistics.ts";
import type { BareDashboard } from "./bare-dashboard.ts";
import { insertJobs } from "./insert-jobs.ts";
import type { Load } from "./load.ts";

const connections = 16;
const sliceMs = 2_000;
const repetitions = 7;

export async function dashboard(): Promise<Row[]> {
  const application = await startApplication();
  const load = startProgram<Load>(join(import.meta.dirname, "load.ts"));
  const bare = startProgram<BareDashboard>(join(import.meta.dirname, "bare-dashboard.ts"));
  try {
    const { cookie } = await signUp(application);
    insertJobs(application.databaseFile);
    const page = await (await fetch(`${application.url}/jobs`, { headers: { cookie } })).text();
    const barePort = await bare.call.listen({ file: application.databaseFile, page });
    const ask = (port: number, ms: number) =>
      load.call.ask({ port, path: "/jobs", cookie, connections, ms });

    for (const port of [application.port, barePort]) await ask(port, sliceMs);
    const ours: number[] = [];
    const theirs: number[] = [];
    const bytes = { ours: 0, theirs: 0 };
    for (let repetition = 0; repetition < repetitions; repetition++) {
      const ourLoad = await ask(application.port, sliceMs);
      const other = await ask(barePort, sliceMs);
      ours.push(ourLoad.perSecond);
      theirs.push(other.perSecond);
      Object.assign(bytes, { ours: ourLoad.bytes, theirs: other.bytes });
    }
    console.error(`  ${bytes.ours} bytes a page, ${bytes.theirs} of the baseline`);
    return [
      atLeast({
        what: "dashboard of 50 rows",
        ours: median(ours),
        baseline: median(theirs),
        unit: "pages/s",
        bar: 0.7,
        by: "node:http, literals, same query",
      }),
    ];
  } finally {
    load.stop();
    bare.stop();
    await application.stop();
  }
}
