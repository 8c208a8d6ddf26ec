/**
 * `npm run demo:scaled`: what else runs on many machines, in one terminal: a Postgres, two web and
 * three worker processes, and a proxy that asks one web after the other. Made for killing things by
 * hand and watching how the rest goes on.
 */
import { join } from "node:path";
import { demoAccount } from "../accounts/demo-account.ts";
import { buildAssets } from "../assets/build.ts";
import { openBackend } from "../backend/open.ts";
import { readCatalog } from "../catalog.ts";
import { environmentWith, readConfig } from "../config.ts";
import { createLog } from "../log.ts";
import { exitOnConfigError } from "../startup.ts";
import { freePort } from "./scaled/free-port.ts";
import { type Kept, keep } from "./scaled/kept.ts";
import { startProxy } from "./scaled/proxy.ts";
import { seed } from "./seed.ts";

const webs = [1, 2];
const workers = [1, 2, 3];

const settings = exitOnConfigError(readConfig);
const folder = join(settings.storageDir, "demo-scaled");
/** What ends each part, the first started first. */
const parts: (() => Promise<unknown>)[] = [];
let stopping: Promise<void> | undefined;

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stop(0));
try {
  await start();
} catch (error) {
  // Whoever stops it while it starts takes away what it waits for.
  if (!stopping) console.error(`The demo cannot start: ${(error as Error).message}`);
  stop(1);
}

async function start(): Promise<void> {
  await buildAssets({ minify: true });
  const postgresPort = await freePort();
  const own = {
    DATABASE_URL: `postgres://headway:headway@127.0.0.1:${postgresPort}/postgres`,
    STORAGE_DIR: join(folder, "files"),
    HOST: "127.0.0.1",
    // The one below stands in front of each web.
    PROXIES: "1",
    LOG_LEVEL: "info",
    // If these are set, they are meant for another place, or for one process alone.
    DATABASE_LISTEN_URL: "",
    STORAGE_URL: "",
    METRICS_PORT: "",
  };
  const postgres = startPostgres(postgresPort);
  parts.push(postgres.stop);
  await postgres.started();
  await prepare(own);

  const ports = await Promise.all(webs.map(freePort));
  const theWorkers = workers.map((n) => startRole("worker", n, own));
  parts.push(() => endAll(theWorkers));
  const theWebs = webs.map((n, at) => startRole("web", n, { ...own, PORT: String(ports[at]) }));
  parts.push(() => endAll(theWebs));
  await Promise.all([...theWorkers, ...theWebs].map((each) => each.started()));

  const proxy = await startProxy({
    host: settings.host,
    port: settings.port,
    available: () =>
      theWebs.flatMap(({ name, ready }, at) => (ready ? [{ name, port: ports[at]! }] : [])),
    // Reading is too much to tell.
    onPass: ({ name }, { method, url }) => method === "POST" && tell(name, `${method} ${url}`),
  });
  const end = parts.pop()!;
  // Its open streams end with the webs; what is new is refused before.
  parts.push(() => Promise.all([proxy.stop(), end()]));
  announce(`http://localhost:${proxy.port}`, [postgres, ...theWebs, ...theWorkers], ports);
}

function startPostgres(port: number): Kept {
  return keep({
    name: "postgres",
    entry: join(import.meta.dirname, "scaled/postgres.ts"),
    args: [join(folder, "postgres"), String(port)],
    env: environmentWith({}),
    readyLine: /^Postgres ready, its pid is (\d+)/,
    tell,
  });
}

function startRole(role: "web" | "worker", n: number, own: Record<string, string>): Kept {
  return keep({
    name: `${role} ${n}`,
    entry: join(import.meta.dirname, `../${role}.ts`),
    env: environmentWith(own),
    readyLine: new RegExp(`"${role} ready"`),
    tell,
  });
}

/** The tables, and something to see in them. */
async function prepare(own: Record<string, string>): Promise<void> {
  const config = readConfig(environmentWith(own));
  const backend = await openBackend(config.databaseUrl);
  try {
    await backend.migrate();
    const catalog = await readCatalog(config.jobsDirs);
    await seed({ backend, catalog, config, log: createLog("error", "web") });
  } finally {
    await backend.close();
  }
}

function announce(url: string, all: Kept[], ports: number[]): void {
  const table = all.map(({ name, pid }) => {
    const at = name.startsWith("web")
      ? `  http://localhost:${ports[Number(name.slice(4)) - 1]}`
      : "";
    return `  ${name.padEnd(9)} pid ${pid}${at}`;
  });
  const victim = all.at(-1)?.pid;
  console.log(`
  Headway runs at ${url}
  Sign in as ${demoAccount.email} with the password ${demoAccount.password}

${table.join("\n")}
  proxy     pid ${process.pid}  ${url}, one web after the other

  Start a job, see below which worker claims it, and kill that one: kill -9 ${victim}
  The job goes on elsewhere within seconds; what was killed starts again. Ctrl-C ends everything.
`);
}

function tell(name: string, line: string): void {
  console.log(`${name.padEnd(9)} ${line}`);
}

function endAll(all: Kept[]): Promise<unknown> {
  return Promise.all(all.map((each) => each.stop()));
}

/** The last started first: people, then jobs, then the database that both write to. */
function stop(code: number): void {
  stopping ??= (async () => {
    console.log("\nStopping: webs, then workers, then Postgres");
    for (const end of parts.reverse()) await end();
    process.exit(code);
  })();
}
