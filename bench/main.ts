/**
 * `npm run bench` measures the application beside the usual alternatives and prints a table.
 * `npm run bench -- import streams` runs only these sections.
 */
import type { Row } from "./support/row.ts";
import { table } from "./support/table.ts";

/** Each section is imported when it runs, so that it does not weigh on the others. */
const sections: Record<string, () => Promise<Row[]>> = {
  import: async () => (await import("./import/import.ts")).imports(),
  durability: async () => (await import("./durability/durability.ts")).durability(),
  "spreadsheet-import": async () =>
    (await import("./spreadsheet-import/spreadsheet-import.ts")).spreadsheetImport(),
  progress: async () => (await import("./progress/progress.ts")).progress(),
  estimates: async () => (await import("./estimates/estimates.ts")).estimates(),
  streams: async () => (await import("./streams/streams.ts")).streams(),
  "bytes-per-minute": async () =>
    (await import("./bytes-per-minute/bytes-per-minute.ts")).bytesPerMinute(),
  "page-weight": async () => (await import("./page-weight/page-weight.ts")).pageWeight(),
  "cross-process": async () => (await import("./cross-process/cross-process.ts")).crossProcess(),
  "postgres-import": async () => (await import("./postgres/import.ts")).imports(),
  "postgres-progress": async () => (await import("./postgres/progress.ts")).progress(),
  "job-throughput": async () =>
    (await import("./job-throughput/job-throughput.ts")).jobThroughput(),
  "physical-limits": async () =>
    (await import("./physical-limits/physical-limits.ts")).physicalLimits(),
  dashboard: async () => (await import("./dashboard/dashboard.ts")).dashboard(),
  "polling-clients": async () =>
    (await import("./polling-clients/polling-clients.ts")).pollingClients(),
  "changing-dashboard": async () =>
    (await import("./dashboard/changing-dashboard.ts")).changingDashboard(),
  "contact-search": async () =>
    (await import("./contact-search/contact-search.ts")).contactSearch(),
  move: async () => (await import("./move/move.ts")).moves(),
  retention: async () => (await import("./retention/retention.ts")).retention(),
  fairness: async () => (await import("./fairness/fairness.ts")).fairness(),
  development: async () => (await import("./development/development.ts")).development(),
  "many-jobs": async () => (await import("./many-jobs/many-jobs.ts")).manyJobs(),
};

const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !(name in sections));
if (unknown.length > 0) {
  console.error(`Unknown section: ${unknown}. Sections: ${Object.keys(sections).join(", ")}`);
  process.exit(1);
}

const rows: Row[] = [];
for (const name of chosen.length > 0 ? chosen : Object.keys(sections)) {
  const startedAt = Date.now();
  console.error(`measuring ${name}`);
  rows.push(...(await sections[name]!()));
  console.error(`  finished in ${Math.round((Date.now() - startedAt) / 1_000)} s`);
}
console.log(`\n${table(rows)}\n`);
