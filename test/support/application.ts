/** The application as a person starts it: its own processes, on a database and folder of a test. */
import { join } from "node:path";
import { type Launched, launch, untilPrinted } from "./processes.ts";

const root = join(import.meta.dirname, "../..");

/** The kinds of the application and those that only tests have. */
export const jobsDirs = [join(root, "jobs"), join(root, "test/sample-kinds")];

export interface Place {
  /** `postgres://…`, or undefined for a SQLite file in the folder. */
  databaseUrl: string | undefined;
  /** Where files, and a SQLite database, are kept. */
  storageDir: string;
}

export type Environment = Record<string, string>;

/** `npm run worker`; resolves when it claims jobs. */
export async function startWorker(place: Place, more: Environment = {}): Promise<Launched> {
  const worker = launch(join(root, "server/worker.ts"), environment(place, more));
  await untilPrinted(worker, "worker ready");
  return worker;
}

export interface Application extends Launched {
  /** Where its pages are. */
  url: string;
}

/** `npm start`: the web and its worker child; resolves when both are ready. */
export async function startApplication(place: Place, more: Environment = {}): Promise<Application> {
  const main = launch(join(root, "server/main.ts"), environment(place, { PORT: "0", ...more }));
  await untilPrinted(main, "worker ready");
  await untilPrinted(main, "Headway runs at");
  const url = /Headway runs at (\S+)/.exec(main.output())![1]!;
  return { ...main, url };
}

/** `npm run web`; resolves when it listens. */
export async function startWeb(place: Place, more: Environment = {}): Promise<Application> {
  const settings = { PORT: "0", NODE_ENV: "production", LOG_LEVEL: "info", ...more };
  const web = launch(join(root, "server/web.ts"), environment(place, settings));
  await untilPrinted(web, "web ready");
  const url = /"url":"([^"]+)"/.exec(web.output())![1]!;
  return { ...web, url };
}

/** What a process of the project gets to know of its place. */
export function environment({ databaseUrl, storageDir }: Place, more: Environment): Environment {
  return {
    DATABASE_URL: databaseUrl ?? "",
    STORAGE_DIR: storageDir,
    JOBS_DIR: jobsDirs.join(":"),
    HOST: "127.0.0.1",
    NODE_ENV: "",
    ...more,
  };
}
