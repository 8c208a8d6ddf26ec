/** A worker process, as `npm run worker` starts it. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

const root = join(import.meta.dirname, "../..");

export interface WorkerProcess {
  pid: number;
  stop(): Promise<void>;
}

/** Resolves when it claims jobs. */
export async function startWorker(options: {
  databaseUrl: string;
  settings?: Record<string, string>;
}): Promise<WorkerProcess> {
  const storageDir = mkdtempSync(join(tmpdir(), "headway-bench-"));
  const child = spawn(process.execPath, ["server/worker.ts"], {
    cwd: root,
    env: {
      ...process.env,
      NODE_ENV: "production",
      DATABASE_URL: options.databaseUrl,
      STORAGE_DIR: storageDir,
      JOBS_DIR: [join(root, "jobs"), join(root, "bench/kinds")].join(delimiter),
      LOG_LEVEL: "info",
      ...options.settings,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const end = () => void child.kill();
  process.on("exit", end);
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  await new Promise<void>((resolve, reject) => {
    child.stdout.on("data", (chunk) => String(chunk).includes("worker ready") && resolve());
    child.once("exit", (code) => reject(new Error(`The worker ended with ${code}`)));
  });
  return {
    pid: child.pid!,
    async stop() {
      child.kill("SIGTERM");
      await gone;
      process.off("exit", end);
      rmSync(storageDir, { recursive: true, force: true });
    },
  };
}
