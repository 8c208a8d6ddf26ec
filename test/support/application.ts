/** Starts the application in processes of its own, on the database and the folder of a test. */
import { join } from "node:path";
import { compileCacheDir } from "../../server/config.ts";
import { type Launched, launchCommand, untilPrinted } from "./processes.ts";

const root = join(import.meta.dirname, "../..");

/** The folders of the application's kinds and of the sample kinds. */
export const jobsDirs = [join(root, "jobs"), join(root, "test/sample-kinds")];

export interface Place {
  /** `postgres://…`, or undefined for a SQLite file in the folder. */
  databaseUrl: string | undefined;
  /** The folder of the files, and of a SQLite database. */
  storageDir: string;
  /** The beginning of a command that runs the rest of it where the folder is mounted. */
  within?: readonly [string, ...string[]];
}

export type Environment = Record<string, string>;

/**
 * Starts `npm run worker`. Resolves when it claims jobs; stops it if it does not become ready.
 * @param onLaunch gets the process before it is ready, for a test that may time out meanwhile
 */
export async function startWorker(
  place: Place,
  more: Environment = {},
  onLaunch?: (worker: Launched) => void,
): Promise<Launched> {
  const worker = launchIn(place, "server/worker.ts", more);
  onLaunch?.(worker);
  await untilReady(worker, "worker ready");
  return worker;
}

export interface Application extends Launched {
  /** The address of its pages. */
  url: string;
}

/**
 * Starts `npm start`. Resolves when web and worker are ready; stops both if they do not become so.
 * @param onLaunch see `startWorker`
 */
export async function startApplication(
  place: Place,
  more: Environment = {},
  onLaunch?: (main: Launched) => void,
): Promise<Application> {
  const main = launchIn(place, "server/main.ts", { PORT: "0", ...more });
  onLaunch?.(main);
  await untilReady(main, "worker ready", "Headway runs at");
  const url = /Headway runs at (\S+)/.exec(main.output())![1]!;
  return { ...main, url };
}

/** Starts `npm run web`. Resolves when it listens; stops it if it does not become ready. */
export async function startWeb(place: Place, more: Environment = {}): Promise<Application> {
  const settings = { PORT: "0", NODE_ENV: "production", LOG_LEVEL: "info", ...more };
  const web = launchIn(place, "server/web.ts", settings);
  await untilReady(web, "web ready");
  const url = /"url":"([^"]+)"/.exec(web.output())![1]!;
  return { ...web, url };
}

/** @param entry a file of the project that Node runs */
function launchIn(place: Place, entry: string, more: Environment): Launched {
  return launchCommand(commandIn(place, join(root, entry)), environment(place, more));
}

/** @returns the command that runs a file with Node where the place's folder is */
export function commandIn({ within }: Place, file: string): [string, ...string[]] {
  return within ? [...within, process.execPath, file] : [process.execPath, file];
}

/** Leaves no process behind that does not become ready. */
async function untilReady(launched: Launched, ...texts: string[]): Promise<void> {
  try {
    for (const text of texts) await untilPrinted(launched, text);
  } catch (error) {
    await launched.stop();
    throw error;
  }
}

/** @returns the environment variables of a process that runs in the place */
export function environment({ databaseUrl, storageDir }: Place, more: Environment): Environment {
  return {
    NODE_COMPILE_CACHE: compileCacheDir,
    DATABASE_URL: databaseUrl ?? "",
    STORAGE_DIR: storageDir,
    JOBS_DIR: jobsDirs.join(":"),
    HOST: "127.0.0.1",
    NODE_ENV: "",
    ...more,
  };
}
