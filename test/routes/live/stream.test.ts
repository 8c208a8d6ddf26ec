import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { cancel } from "../../../server/engine/cancel.ts";
import { backends } from "../../support/backends.ts";
import { openSite, type Site } from "../../support/site.ts";

let site: Site;
beforeEach(async () => {
  site = await openSite(backends[0]!);
});
afterEach(() => site.close());

type Member = Awaited<ReturnType<Site["join"]>>;

/** Adds a member without jobs to the owner's account. */
async function colleagueOf(owner: Member): Promise<Member> {
  const colleague = await site.join("bo");
  await site.backend.db
    .updateTable("members")
    .set({ account_id: owner.accountId, role: "member" })
    .where("user_id", "=", colleague.userId)
    .execute();
  // Signs in again, because the cached session still has the old account.
  return { ...(await site.join("bo")), accountId: owner.accountId };
}

/** Opens a stream and returns a function that reads it up to a text. */
async function openStream({ browser }: Member, topics: string) {
  const server = serve({ fetch: site.app.fetch, hostname: "127.0.0.1", port: 0 });
  if (!server.listening) await once(server, "listening");
  const abort = new AbortController();
  onTestFinished(() => {
    abort.abort();
    server.close();
  });
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/live?topics=${topics}`;
  const headers = { cookie, accept: "text/event-stream" };
  const answer = await fetch(url, { headers, signal: abort.signal });
  expect(answer.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  return async (last: string) => {
    let text = "";
    while (!text.includes(last)) text += (await reader.read()).value ?? "";
    return text;
  };
}

test("the list of an account announces all its jobs to its owner, and to a member only their own", async () => {
  const owner = await site.join("ada");
  const colleague = await colleagueOf(owner);
  const readOwners = await openStream(owner, "jobs:account");
  const readColleagues = await openStream(colleague, "jobs:account");
  const first = await owner.start("stepping");
  const second = await colleague.start("stepping");
  expect(await readOwners(second)).toContain(first);
  expect(await readColleagues(second)).not.toContain(first);
});

describe("a stream", () => {
  /** Changes the job after the stream has opened, and then one of the reader's own. */
  async function readAfterChange(owner: Member, reader: Member): Promise<string> {
    const [id, own] = [await owner.start("stepping"), await reader.start("counting")];
    const read = await openStream(reader, `job:${id},row:${id},job:${own}`);
    const snapshot = await read(`panel-${own}`);
    await cancel(site, id, owner.userId);
    await cancel(site, own, reader.userId);
    return (snapshot + (await read("event:bye"))).replaceAll(id, "THE JOB");
  }

  test("sends the owner of an account the jobs of its members", async () => {
    const owner = await site.join("ada");
    const colleague = await colleagueOf(owner);
    expect(await readAfterChange(colleague, owner)).toContain("THE JOB");
  });

  test("never sends a job of another account", async () => {
    const [owner, outsider] = [await site.join("ada"), await site.join("eve")];
    const text = await readAfterChange(owner, outsider);
    expect(text).toContain("Cancelled");
    expect(text).not.toContain("THE JOB");
  });

  test("never sends a member a colleague's job", async () => {
    const owner = await site.join("ada");
    const text = await readAfterChange(owner, await colleagueOf(owner));
    expect(text).toContain("Cancelled");
    expect(text).not.toContain("THE JOB");
  });

  test("announces to a list only the jobs of its own account", async () => {
    const [owner, outsider] = [await site.join("ada"), await site.join("eve")];
    const id = await owner.start("stepping");
    const read = await openStream(outsider, `job:${id},jobs:mine`);
    const announced = await outsider.start("counting");
    const text = await read(announced);
    expect(text).toContain("event:hello");
    expect(text).not.toContain(id);
  });
});

describe("a lowered role", () => {
  /** Opens a stream as a colleague who owns the account too. */
  async function readAsOwner(topicsOf: (id: string) => string) {
    const owner = await site.join("ada");
    const colleague = await colleagueOf(owner);
    const { accounts } = site;
    await accounts.setRole(colleague.userId, "owner");
    const id = await owner.start("stepping");
    const promoted = { ...(await site.join("bo")), accountId: owner.accountId };
    const read = await openStream(promoted, topicsOf(id));
    return { id, read, owner, lower: () => accounts.setRole(colleague.userId, "member") };
  }

  test.each<[string, (id: string) => string]>([
    ["of a colleague's job", (id) => `job:${id}`],
    ["of the jobs of the account", () => "jobs:account"],
  ])("ends a stream %s at once", async (_, topicsOf) => {
    const { id, read, owner, lower } = await readAsOwner(topicsOf);
    await read("event:hello");
    await lower();
    const rest = await read("event:bye");
    expect(rest).toContain("data:signed-out");
    await cancel(site, id, owner.userId);
  });

  test("leaves a stream of own jobs open", async () => {
    const owner = await site.join("ada");
    const id = await owner.start("stepping");
    const read = await openStream(owner, `job:${id},jobs:mine`);
    await read(`panel-${id}`);
    await site.accounts.setRole(owner.userId, "member");
    await cancel(site, id, owner.userId);
    const rest = await read("Cancelled");
    expect(rest).not.toContain("signed-out");
  });

  test("leaves a stream open whose job was deleted meanwhile", async () => {
    const owner = await site.join("ada");
    const [gone, id] = [await owner.start("stepping"), await owner.start("counting")];
    const read = await openStream(owner, `job:${gone},job:${id}`);
    await read(`panel-${id}`);
    await site.backend.db.deleteFrom("jobs").where("id", "=", gone).execute();
    await site.accounts.setRole(owner.userId, "owner");
    await cancel(site, id, owner.userId);
    expect(await read("Cancelled")).not.toContain("signed-out");
  });
});

test("a poll leaves out a job of another account", async () => {
  const [owner, outsider] = [await site.join("ada"), await site.join("eve")];
  const id = await owner.start("stepping");
  const poll = await outsider.browser.get(`/live?topics=job:${id}`);
  expect(poll.headers.get("x-poll-after")).toBe("0");
  expect(await (await owner.browser.get(`/live?topics=job:${id}`)).text()).toContain(id);
});
