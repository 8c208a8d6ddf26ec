/** Starts PgBouncer, the pooler that most installations of Postgres use, in front of a database. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { onTestFinished } from "vitest";
import { freePort } from "../../server/commands/scaled/free-port.ts";

/** PgBouncer refuses to run as root. */
const unprivilegedUser = "nobody";

/**
 * Installs PgBouncer from Debian if it is missing. It is stopped when the test ends.
 * @param url the address of the database
 * @returns the address of the same database through the pooler, which lends a session for each transaction
 */
export async function startPgBouncer(url: string): Promise<string> {
  const program = findPgBouncer();
  const { hostname, port, username, password, pathname } = new URL(url);
  const dir = await mkdtemp(join(tmpdir(), "headway-pgbouncer-"));
  await chmod(dir, 0o755);
  const pooled = new URL(url);
  pooled.port = String(await freePort());
  const settings = join(dir, "pgbouncer.ini");
  await writeFile(
    settings,
    `[databases]
${pathname.slice(1)} = host=${hostname} port=${port} user=${username} password=${password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${pooled.port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 20
max_client_conn = 500
server_login_retry = 1
`,
  );
  const asUser = process.getuid?.() === 0 ? ["-u", unprivilegedUser] : [];
  const bouncer = spawn(program, [...asUser, settings], { stdio: ["ignore", "ignore", "pipe"] });
  const printed: string[] = [];
  bouncer.stderr.setEncoding("utf8").on("data", (text: string) => printed.push(text));
  const exited = once(bouncer, "exit");
  onTestFinished(async () => {
    bouncer.kill("SIGKILL");
    await exited;
    await rm(dir, { recursive: true, force: true });
  });
  for (let tries = 0; !(await answers(Number(pooled.port))); tries++) {
    if (bouncer.exitCode !== null || tries === 300) {
      throw new Error(`PgBouncer does not start: ${printed.join("")}`);
    }
    await sleep(100);
  }
  return pooled.href;
}

function findPgBouncer(): string {
  const find = () => execFileSync("sh", ["-c", "PATH=$PATH:/usr/sbin command -v pgbouncer"]);
  try {
    return find().toString().trim();
  } catch {
    execFileSync("apt-get", ["install", "-y", "pgbouncer"], { stdio: "ignore" });
    return find().toString().trim();
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}
