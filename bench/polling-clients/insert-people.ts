/** Inserts signed-in people with a job each; signing up a thousand people would take minutes. */
import { createHmac, randomBytes } from "node:crypto";
import Database from "better-sqlite3";
import { v7 as uuidv7 } from "uuid";

const month = 30 * 86_400_000;

/**
 * @param secret the application's secret, which signs session cookies
 * @returns the cookie of each person
 */
export function insertPeople(file: string, count: number, secret: string): string[] {
  const database = new Database(file);
  const now = Date.now();
  const [today, later] = [now, now + month].map((at) => new Date(at).toISOString());
  const user = database.prepare(`insert into users
    (id, name, email, emailVerified, createdAt, updatedAt) values (?, ?, ?, 0, ?, ?)`);
  const account = database.prepare("insert into accounts (id, name, created_at) values (?, ?, ?)");
  const member = database.prepare(
    "insert into members (user_id, account_id, role) values (?, ?, 'owner')",
  );
  const session = database.prepare(`insert into sessions
    (id, userId, token, expiresAt, createdAt, updatedAt) values (?, ?, ?, ?, ?, ?)`);
  const cookies = database.transaction(() =>
    Array.from({ length: count }, (_, at) => {
      const [userId, accountId] = [uuidv7(), uuidv7()];
      const token = randomBytes(24).toString("base64url");
      user.run(userId, `Person ${at}`, `person-${at}@example.com`, today, today);
      account.run(accountId, `Person ${at}`, now);
      member.run(userId, accountId);
      session.run(uuidv7(), userId, token, later, today, today);
      // The format of better-auth.
      const signature = createHmac("sha256", secret).update(token).digest("base64");
      return `headway.session_token=${encodeURIComponent(`${token}.${signature}`)}`;
    }),
  )();
  database.close();
  return cookies;
}

/** Gives each person one of the jobs, in their order. */
export function shareJobs(file: string, ids: readonly string[]): void {
  const database = new Database(file);
  const members = database
    .prepare("select members.* from members join users on users.id = user_id order by user_id")
    .all() as { user_id: string; account_id: string }[];
  const give = database.prepare("update jobs set user_id = ?, account_id = ? where id = ?");
  database.transaction(() => {
    for (const [at, id] of ids.entries()) {
      give.run(members[at]!.user_id, members[at]!.account_id, id);
    }
  })();
  database.close();
}
