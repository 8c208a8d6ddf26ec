/** Starts the application as a person does, in a temporary folder. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const root = join(import.meta.dirname, "../..");
const startTimeoutMs = 60_000;

export interface Application {
  url: string;
  port: number;
  pid: number;
  storageDir: string;
  /** The SQLite file; there is none on Postgres. */
  databaseFile: string;
  /** Its environment, for running commands on it. */
  env: NodeJS.ProcessEnv;
  /** The URL of its inspector; empty without `inspect`. */
  inspector: string;
  stop(): Promise<void>;
}

/**
 * @param options.entry `main` is web and worker, as `npm start`; `web` the web process alone
 * @param options.inspect whether to enable the inspector
 * @param options.databaseUrl `postgres://…`; default a SQLite file of its own
 * @param options.settings further variables of its environment
 */
export async function startApplication({
  entry = "main",
  inspect = false,
  databaseUrl = "",
  settings = {},
}: {
  entry?: "main" | "web";
  inspect?: boolean;
  databaseUrl?: string;
  settings?: Record<string, string>;
} = {}): Promise<Application> {
  const storageDir = mkdtempSync(join(tmpdir(), "headway-bench-"));
  const port = await freePort();
  const env = {
    ...process.env,
    NODE_ENV: "production",
    PORT: String(port),
    HOST: "127.0.0.1",
    DATABASE_URL: databaseUrl,
    STORAGE_DIR: storageDir,
    JOBS_DIR: [join(root, "jobs"), join(root, "bench/kinds")].join(delimiter),
    LOG_LEVEL: "warn",
    // One person opens thousands of streams and starts as many jobs as the measurement needs.
    STREAMS_LIMIT: "0",
    STARTS_LIMIT: "0",
    QUEUE_LIMIT: "0",
    STORAGE_LIMIT_GB: "0",
    ...settings,
  };
  const options = inspect ? ["--inspect=127.0.0.1:0"] : [];
  const child = spawn(process.execPath, [...options, `server/${entry}.ts`], {
    cwd: root,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  // A failed measurement must leave nothing running.
  const end = () => void child.kill();
  process.on("exit", end);
  let output = "";
  const listen = (chunk: Buffer) => {
    output = (output + chunk).slice(-20_000);
  };
  child.stdout.on("data", listen);
  child.stderr.on("data", listen);
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));

  const url = `http://127.0.0.1:${port}`;
  const startedAt = Date.now();
  while (!(await isUp(url))) {
    if (child.exitCode !== null || Date.now() - startedAt > startTimeoutMs) {
      child.kill("SIGKILL");
      throw new Error(`The application did not start:\n${output}`);
    }
    await sleep(50);
  }
  return {
    url,
    port,
    pid: child.pid!,
    storageDir,
    databaseFile: join(storageDir, "headway.db"),
    env,
    inspector: /ws:\/\/\S+/.exec(output)?.[0] ?? "",
    async stop() {
      child.kill("SIGTERM");
      await gone;
      process.off("exit", end);
      rmSync(storageDir, { recursive: true, force: true });
    },
  };
}

async function isUp(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/up`).catch(() => undefined);
  return answer?.ok ?? false;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
