/**
 * `npm run demo:scaled`: a deployment for many machines in one terminal: Postgres, two web and three
 * worker processes, and a round-robin proxy. Kill any of them by hand and watch the others recover.
 */
import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { demoAccount, hasDemoAccount } from "../accounts/demo-account.ts";
import { buildAssets } from "../assets/build.ts";
import { openBackend } from "../backend/open.ts";
import { readCatalog } from "../catalog.ts";
import { environmentWith, readConfig } from "../config.ts";
import { createLog } from "../log.ts";
import { onNpmExit } from "../npm-exit.ts";
import { exitOnConfigError } from "../startup.ts";
import { scaledEnvironment } from "./scaled/environment.ts";
import { freePort } from "./scaled/free-port.ts";
import { type SupervisedProcess, startProcess } from "./scaled/process.ts";
import { startProxy } from "./scaled/proxy.ts";
import { seed } from "./seed.ts";

const webs = [1, 2];
const workers = [1, 2, 3];

const settings = exitOnConfigError(readConfig);
const folder = join(settings.storageDir, "demo-scaled");
/** Functions that stop the parts, in order of their start. */
const stops: (() => Promise<unknown>)[] = [];
let stopping: Promise<void> | undefined;

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stop(0));
onNpmExit(() => stop(0));
try {
  await start();
} catch (error) {
  // Stopping the demo during its start also ends here, with an error that is not worth printing.
  if (!stopping) console.error(`The demo cannot start: ${(error as Error).message}`);
  stop(1);
}

async function start(): Promise<void> {
  await buildAssets({ minify: true });
  const postgresPort = await freePort();
  const environment = scaledEnvironment(settings, folder, postgresPort);
  // For root, Postgres runs as another user, who needs a way to its folder.
  if (process.getuid?.() === 0) await chmod(settings.storageDir, 0o711);
  const postgres = startPostgres(postgresPort);
  stops.push(postgres.stop);
  await postgres.started();
  await prepareDatabase(environment);

  const ports = await Promise.all(webs.map(freePort));
  const workerProcesses = workers.map((n) => startRole("worker", n, environment));
  stops.push(() => stopAll(workerProcesses));
  const webProcesses = webs.map((n, at) =>
    startRole("web", n, { ...environment, PORT: String(ports[at]) }),
  );
  stops.push(() => stopAll(webProcesses));
  await Promise.all([...workerProcesses, ...webProcesses].map((each) => each.started()));

  const proxy = await startProxy({
    host: settings.host,
    port: settings.port,
    available: () =>
      webProcesses.flatMap(({ name, ready }, at) => (ready ? [{ name, port: ports[at]! }] : [])),
    // Prints only writes: reads are too many.
    onForward: ({ name }, { method, url }) => method === "POST" && print(name, `${method} ${url}`),
  });
  const stopWebs = stops.pop()!;
  // Together: open streams of the proxy end only with the webs.
  stops.push(() => Promise.all([proxy.stop(), stopWebs()]));
  printSummary(
    `http://localhost:${proxy.port}`,
    [postgres, ...webProcesses, ...workerProcesses],
    ports,
  );
}

function startPostgres(port: number): SupervisedProcess {
  return startProcess({
    name: "postgres",
    entry: join(import.meta.dirname, "scaled/postgres-process.ts"),
    args: [join(folder, "postgres"), String(port)],
    env: environmentWith({}),
    readyLine: /^Postgres ready, its pid is (\d+)/,
    print: print,
  });
}

function startRole(
  role: "web" | "worker",
  n: number,
  environment: Record<string, string>,
): SupervisedProcess {
  return startProcess({
    name: `${role} ${n}`,
    entry: join(import.meta.dirname, `../${role}.ts`),
    env: environmentWith(environment),
    readyLine: new RegExp(`"${role} ready"`),
    print: print,
  });
}

/** Migrates, and seeds the demo account where it may be used. */
async function prepareDatabase(environment: Record<string, string>): Promise<void> {
  const config = readConfig(environmentWith(environment));
  const backend = await openBackend(config.databaseUrl);
  try {
    await backend.migrate();
    if (!hasDemoAccount(config)) return;
    const catalog = await readCatalog(config.jobsDirs);
    await seed({ backend, catalog, config, log: createLog("error", "web") });
  } finally {
    await backend.close();
  }
}

function printSummary(url: string, all: SupervisedProcess[], ports: number[]): void {
  const table = all.map(({ name, pid }) => {
    const at = name.startsWith("web")
      ? `  http://localhost:${ports[Number(name.slice(4)) - 1]}`
      : "";
    return `  ${name.padEnd(9)} pid ${pid}${at}`;
  });
  const victim = all.at(-1)?.pid;
  console.log(`
  Headway runs at ${url}
  ${hasDemoAccount(settings) ? `Sign in as ${demoAccount.email} with the password ${demoAccount.password}` : `Create an account at ${url}/sign-up: the demo account is only for a machine that nobody else reaches`}

${table.join("\n")}
  proxy     pid ${process.pid}  ${url}, round robin

  Start a job, see below which worker claims it, and kill that worker: kill -9 ${victim}
  Another worker continues the job within seconds; a killed process restarts. Ctrl-C ends everything.
`);
}

function print(name: string, line: string): void {
  console.log(`${name.padEnd(9)} ${line}`);
}

function stopAll(all: SupervisedProcess[]): Promise<unknown> {
  return Promise.all(all.map((each) => each.stop()));
}

/** Stops in reverse order of the start: webs, workers, then the database that both write to. */
function stop(code: number): void {
  stopping ??= (async () => {
    console.log("\nStopping: webs, then workers, then Postgres");
    for (const stopPart of stops.reverse()) await stopPart();
    process.exit(code);
  })();
}
