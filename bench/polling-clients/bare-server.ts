/**
 * The baseline of polling: `node:http` and the SQLite driver look up the session, the person and the
 * job, and send as many bytes as our server, without rendering.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import Database from "better-sqlite3";
import { serveCalls } from "../support/program.ts";

export type BareServer = typeof bareServer;

const bareServer = serveCalls({
  /** @param given.bytes the length of each body. @returns the port */
  async listen({ file, bytes }: { file: string; bytes: number }): Promise<number> {
    const database = new Database(file, { readonly: true });
    const session = database.prepare(`select * from sessions
      join users on users.id = userId join members on user_id = userId where token = ?`);
    const job = database.prepare("select * from jobs where id = ? and user_id = ?");
    const filling = "x".repeat(bytes);
    const server = createServer((request, response) => {
      const cookie = decodeURIComponent(request.headers.cookie ?? "");
      const token = cookie.slice(cookie.indexOf("=") + 1, cookie.lastIndexOf("."));
      const person = session.get(token) as { userId: string } | undefined;
      const id = /job:([\w-]+)/.exec(request.url ?? "")?.[1];
      const row = person && (job.get(id, person.userId) as { version: number } | undefined);
      if (!row) return void response.writeHead(404).end();
      response.setHeader("content-type", "text/html; charset=utf-8");
      response.setHeader("content-length", filling.length);
      response.setHeader("etag", `"${row.version}"`);
      response.end(filling);
    });
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    return (server.address() as AddressInfo).port;
  },
  /** The CPU time used so far, ms. */
  cpu(_: object): number {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1_000;
  },
});
