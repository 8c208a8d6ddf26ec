/** Checks which files may import which, as ARCHITECTURE.md describes. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, test } from "vitest";

const root = resolve(import.meta.dirname, "..");
const folders = ["server", "jobs", "migrations"];
const files = folders.flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => join(folder, path)),
);

interface Import {
  from: string;
  /** A path below the root, or the name of a package. */
  to: string;
}

const statement =
  /(?:^|\n)\s*(?:import|export)\s[^;]*?from\s+"([^"]+)"|(?:^|\n)\s*import\s+"([^"]+)"|\bimport\("([^"]+)"\)/g;

const imports: Import[] = files.flatMap((from) => {
  const text = readFileSync(join(root, from), "utf8");
  return [...text.matchAll(statement)].map((found) => {
    const name = found[1] ?? found[2] ?? found[3]!;
    const ours = name.startsWith(".");
    return { from, to: ours ? relative(root, resolve(root, dirname(from), name)) : name };
  });
});

/** @returns the imports that break a rule, as "a imports b" */
function broken(rule: (each: Import) => boolean): string[] {
  return imports.filter(rule).map(({ from, to }) => `${from} imports ${to}`);
}

const isIn = (path: string, ...places: string[]) =>
  places.some((place) => path === place || path.startsWith(`${place}/`));
const isOurs = (path: string) => isIn(path, ...folders);
const isPackage = (name: string, ...packages: string[]) =>
  packages.some((each) => name === each || name.startsWith(`${each}/`));
const drivers = ["better-sqlite3", "pg", "graphile-worker"];
const engineFree = ["hono", "@hono/node-server", "@hono/zod-openapi", "eta", ...drivers];

test("scripts read from data-final whether a status is final, and name no cancelled jobs", () => {
  const scripts = join(root, "public/scripts");
  const names = readdirSync(scripts, { recursive: true, encoding: "utf8" });
  const modules = names.filter((name) => name.endsWith(".js"));
  expect(modules.length).toBeGreaterThan(20);
  const source = (name: string) => readFileSync(join(scripts, name), "utf8");
  expect(modules.filter((name) => /[."']cancelled\b/.test(source(name)))).toEqual([]);
});

test("every relative import leads to a file", () => {
  expect(files.length).toBeGreaterThan(80);
  expect(broken(({ to }) => isOurs(to) && !files.includes(to))).toEqual([]);
});

describe("imports", () => {
  test("kinds import only server/job.ts, jobs/lib, their own folder and packages", () => {
    const ownFolder = (from: string) => from.replace(/^(jobs\/[^/]+?)(\.ts|\/.*)$/, "$1");
    const allowed = ({ from, to }: Import) =>
      !isOurs(to) || to === "server/job.ts" || isIn(to, "jobs/lib", ownFolder(from));
    expect(broken((each) => isIn(each.from, "jobs") && !allowed(each))).toEqual([]);
  });

  test("the server imports of jobs only the rules of contacts, which people and jobs share", () => {
    const fromJobs = ({ from, to }: Import) => isIn(from, "server") && isIn(to, "jobs");
    expect(broken((each) => fromJobs(each) && !isIn(each.to, "jobs/lib/contacts"))).toEqual([]);
    const users = ["server/contacts", "server/routes", "server/commands"];
    expect(broken((each) => fromJobs(each) && !isIn(each.from, ...users))).toEqual([]);
  });

  test("server/job.ts imports only packages", () => {
    expect(broken(({ from, to }) => from === "server/job.ts" && isOurs(to))).toEqual([]);
  });

  test("the engine imports no routes, templates, live path or driver", () => {
    const foreign = (to: string) =>
      isPackage(to, ...engineFree) ||
      isIn(to, "server/live", "server/routes", "server/accounts", "server/render.ts") ||
      isIn(to, "server/presenters", "server/text") ||
      isIn(to, "server/backend/sqlite", "server/backend/postgres");
    expect(broken(({ from, to }) => isIn(from, "server/engine") && foreign(to))).toEqual([]);
  });

  test("pure files import no input or output", () => {
    const pureFiles = [
      "status.ts",
      "offered-follow-ups.ts",
      "action-refused.ts",
      "job-event.ts",
      "job-reason.ts",
      "log-note.ts",
      "start/request.ts",
      "job-summary.ts",
      "sanitize-text.ts",
      "run/progress-tracker.ts",
      "schedules/calendar.ts",
      "schedules/clock-changes.ts",
      "schedules/describe-cron.ts",
      "schedules/invalid-repetition.ts",
      "schedules/parse-repetition.ts",
      "schedules/parse-times.ts",
      "schedules/schedule-event.ts",
      "start/reschedulable.ts",
      "run/log-buffer.ts",
      "run/progress-state.ts",
      "eta/current-step.ts",
      "eta/duration-estimate.ts",
      "eta/estimator.ts",
      "eta/expected-step.ts",
      "eta/pauses.ts",
      "eta/progress-samples.ts",
      "eta/samples-of-events.ts",
      "eta/smoother.ts",
      "eta/start-times.ts",
      "eta/step-estimate.ts",
      "eta/step-shares.ts",
      "eta/time-per-item.ts",
    ].map((name) => `server/engine/${name}`);
    expect(files).toEqual(expect.arrayContaining(pureFiles));
    const isPure = (path: string) =>
      pureFiles.includes(path) || isIn(path, "server/presenters", "server/text");
    const types = [
      "server/backend/backend.ts",
      "server/backend/enums.ts",
      "server/backend/schema.ts",
      "server/engine/job-summary.ts",
      "server/engine/rejected-row.ts",
      "server/storage/result-preview.ts",
      "server/storage/rejected-table.ts",
      "server/job.ts",
      "server/limit-reached.ts",
      "server/limits.ts",
      "server/forms/input-fields.ts",
      "server/forms/input-values.ts",
      "server/forms/schedule.ts",
      "server/engine/start/is-secret.ts",
      "server/engine/start/mask-secrets.ts",
      "server/forms/date-range.ts",
      "server/forms/date-times.ts",
      "server/forms/field-type.ts",
      "server/storage/web-page.ts",
      "zod",
    ];
    const isPurePackage = (to: string) =>
      isPackage(to, "lru-cache", "papaparse", "croner", "cronstrue", "temporal-polyfill");
    const isImpure = ({ from, to }: Import) =>
      isPure(from) && !isPure(to) && !types.includes(to) && !isPurePackage(to);
    expect(broken(isImpure)).toEqual([]);
  });

  test("the live path imports no hono and no routes", () => {
    const web = (to: string) => isPackage(to, "hono", "@hono/node-server");
    expect(broken(({ from, to }) => isIn(from, "server/live") && web(to))).toEqual([]);
    const routes = (to: string) => isIn(to, "server/routes");
    expect(broken(({ from, to }) => isIn(from, "server/live") && routes(to))).toEqual([]);
  });

  test("routes import no kysely and no implementation of the backend", () => {
    const database = (to: string) =>
      isPackage(to, "kysely", ...drivers) ||
      isIn(to, "server/backend/sqlite", "server/backend/postgres", "server/backend/open.ts");
    expect(broken(({ from, to }) => isIn(from, "server/routes") && database(to))).toEqual([]);
  });

  test("routes and the live path contain no query, because they call readers", () => {
    const query = /\b(selectFrom|insertInto|updateTable|deleteFrom)\b|\bsql(<[^`]*>)?`/;
    const withQuery = files.filter(
      (path) =>
        isIn(path, "server/routes", "server/live") &&
        query.test(readFileSync(join(root, path), "utf8")),
    );
    expect(withQuery).toEqual([]);
    const database = (to: string) => isPackage(to, "kysely");
    expect(broken(({ from, to }) => isIn(from, "server/live") && database(to))).toEqual([]);
  });

  test("only open.ts imports the backends, which do not import each other", () => {
    const backends = ["server/backend/sqlite", "server/backend/postgres"];
    const crossing = ({ from, to }: Import) =>
      backends.some((backend) => isIn(to, backend) && !isIn(from, backend)) &&
      from !== "server/backend/open.ts";
    expect(broken(crossing)).toEqual([]);
    const driver = ({ from, to }: Import) =>
      isPackage(to, ...drivers) && !backends.some((backend) => isIn(from, backend));
    expect(broken(driver)).toEqual([]);
  });

  test("only open-storage.ts imports the storages, which do not import each other", () => {
    const storages = ["server/storage/disk", "server/storage/s3"];
    const crossing = ({ from, to }: Import) =>
      storages.some((storage) => isIn(to, storage) && !isIn(from, storage)) &&
      from !== "server/storage/open-storage.ts";
    expect(broken(crossing)).toEqual([]);
    const loading = ({ from, to }: Import) =>
      to.startsWith("@aws-sdk/") && !isIn(from, "server/storage/s3");
    expect(broken(loading)).toEqual([]);
  });

  test("only template-code.ts imports the template engine", () => {
    const engine = ({ from, to }: Import) =>
      isPackage(to, "eta") && from !== "server/template-code.ts";
    expect(broken(engine)).toEqual([]);
  });
});

test("production code imports no development dependency", () => {
  const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const reached = new Set(["web", "worker", "runner", "main"].map((name) => `server/${name}.ts`));
  for (const name of ["job", "token", "health", "backup", "restore", "move", "doctor"])
    reached.add(`server/commands/${name}.ts`);
  // The loop also visits the files that it adds.
  for (const file of reached) {
    for (const { from, to } of imports) if (from === file && isOurs(to)) reached.add(to);
  }
  // Migrations and kinds are loaded from their folders.
  const runs = (from: string) => reached.has(from) || isIn(from, "migrations", "jobs");
  const missing = (to: string) =>
    !isOurs(to) &&
    !to.startsWith("node:") &&
    !Object.keys(dependencies).some((name) => isPackage(to, name));
  expect(reached.size).toBeGreaterThan(80);
  expect(broken(({ from, to }) => runs(from) && missing(to))).toEqual([]);
});

test("only config.ts reads the environment", () => {
  const readers = files.filter((path) =>
    /process\.env/.test(readFileSync(join(root, path), "utf8")),
  );
  expect(readers).toEqual(["server/config.ts"]);
});

test("there are no barrels, no catch-all files and no default database", () => {
  const names = /(^|\/)(index|utils?|helpers?|misc|common)\.ts$/;
  expect(files.filter((path) => names.test(path))).toEqual([]);
});

test("imports form no cycle, type imports included", () => {
  const next = new Map<string, string[]>();
  for (const { from, to } of imports) {
    if (isOurs(to)) next.set(from, [...(next.get(from) ?? []), to]);
  }
  const done = new Set<string>();
  const cycles: string[] = [];
  const walk = (file: string, path: string[]): void => {
    if (path.includes(file)) {
      cycles.push([...path.slice(path.indexOf(file)), file].join(" > "));
      return;
    }
    if (done.has(file)) return;
    for (const to of next.get(file) ?? []) walk(to, [...path, file]);
    done.add(file);
  };
  for (const file of files) walk(file, []);
  expect(cycles).toEqual([]);
});
