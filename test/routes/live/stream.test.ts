import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import { backends } from "../../support/backends.ts";
import { openSite, type Site } from "../site.ts";

let site: Site;
beforeEach(async () => {
  site = await openSite(backends[0]!);
});
afterEach(() => site.close());

type Member = Awaited<ReturnType<Site["join"]>>;

/** Another person of the same account, who owns nothing of it. */
async function colleagueOf(owner: Member): Promise<Member> {
  const colleague = await site.join("bo");
  await site.backend.db
    .updateTable("members")
    .set({ account_id: owner.accountId, role: "member" })
    .where("user_id", "=", colleague.userId)
    .execute();
  // Who they are is remembered for a moment: a new session is not.
  return { ...(await site.join("bo")), accountId: owner.accountId };
}

/** What the stream has said by the time that it says the last. */
async function listen({ browser }: Member, topics: string) {
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
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  return async (last: string) => {
    let said = "";
    while (!said.includes(last)) said += (await reader.read()).value ?? "";
    return said;
  };
}

test("the list of an account tells its owner of all new jobs, and others of their own", async () => {
  const owner = await site.join("ada");
  const colleague = await colleagueOf(owner);
  const [ownersStream, colleaguesStream] = [
    await listen(owner, "jobs:account"),
    await listen(colleague, "jobs:account"),
  ];
  const first = await owner.start("stepping");
  const second = await colleague.start("stepping");
  expect(await ownersStream(second)).toContain(first);
  expect(await colleaguesStream(second)).not.toContain(first);
});

test("a job of another account is as if it were not", async () => {
  const [owner, stranger] = [await site.join("ada"), await site.join("eve")];
  const id = await owner.start("stepping");
  expect((await stranger.browser.get(`/live?topics=job:${id}`)).headers.get("x-poll-after")).toBe(
    "0",
  );
  expect(await (await owner.browser.get(`/live?topics=job:${id}`)).text()).toContain(id);
});
