/**
 * `npm run bench`: how fast this is, beside what else could be done, measured in one run.
 * `npm run bench -- import streams` runs these sections alone.
 */
import type { Row } from "./support/row.ts";
import { table } from "./support/table.ts";

/** Loaded when their turn comes, so that none weighs on another's measurements. */
const sections: Record<string, () => Promise<Row[]>> = {
  import: async () => (await import("./import/import.ts")).imports(),
  progress: async () => (await import("./progress/progress.ts")).progress(),
  estimates: async () => (await import("./estimates/estimates.ts")).estimates(),
  streams: async () => (await import("./streams/streams.ts")).streams(),
  bytes: async () => (await import("./bytes/bytes.ts")).bytes(),
  weight: async () => (await import("./weight/weight.ts")).weight(),
  across: async () => (await import("./across/across.ts")).across(),
  "postgres-import": async () => (await import("./postgres/import.ts")).imports(),
  "postgres-progress": async () => (await import("./postgres/progress.ts")).progress(),
  life: async () => (await import("./life/life.ts")).life(),
  limits: async () => (await import("./limits/limits.ts")).limits(),
  dashboard: async () => (await import("./dashboard/dashboard.ts")).dashboard(),
  polling: async () => (await import("./polling-people/polling-people.ts")).pollingPeople(),
  changing: async () => (await import("./dashboard/changing.ts")).changing(),
  "many-jobs": async () => (await import("./many-jobs/many-jobs.ts")).manyJobs(),
};

const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !(name in sections));
if (unknown.length > 0) {
  console.error(`No section is called ${unknown}. There are: ${Object.keys(sections).join(", ")}`);
  process.exit(1);
}

const rows: Row[] = [];
for (const name of chosen.length > 0 ? chosen : Object.keys(sections)) {
  const startedAt = Date.now();
  console.error(`measuring ${name}`);
  rows.push(...(await sections[name]!()));
  console.error(`  took ${Math.round((Date.now() - startedAt) / 1_000)} s`);
}
console.log(`\n${table(rows)}\n`);
