import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { backends } from "../support/backends.ts";
import { ada, Browser, csrfTokenOf, signedUp } from "../support/cookie-browser.ts";
import { openSite, type Site } from "../support/site.ts";

/** What is no answer of a browser. `test/e2e/second-factors.test.ts` has those of a real one. */
const forged = {
  id: "AAAA",
  rawId: "AAAA",
  type: "public-key",
  response: { clientDataJSON: "e30", authenticatorData: "AAAA", signature: "AAAA" },
};

describe.each(backends)("passkeys on $name", (which) => {
  let site: Site;
  beforeEach(async () => {
    site = await openSite(which);
  });
  afterEach(() => site.close());

  const origin = { origin: "http://localhost" };

  test("a challenge is for this host and asks for a check of the person", async () => {
    const browser = await signedUp(site.app);
    const form = { password: ada.password };
    const path = "/settings/passkeys/options";
    const answer = await browser.submit("/settings/passkeys/new", path, form);
    expect(await answer.json()).toMatchObject({
      rp: { id: "localhost", name: "Headway" },
      user: { name: ada.email },
      authenticatorSelection: { residentKey: "required", userVerification: "required" },
    });
    const visitor = new Browser(site.app);
    const signIn = await visitor.submit("/sign-in", "/sign-in/passkey/options");
    expect(await signIn.json()).toMatchObject({ rpId: "localhost", userVerification: "required" });
  });

  test("no challenge is given for a wrong password", async () => {
    const browser = await signedUp(site.app);
    const form = { password: "not her password" };
    const path = "/settings/passkeys/options";
    const answer = await browser.submit("/settings/passkeys/new", path, form);
    expect(answer.status).toBe(422);
    expect(await answer.json()).toEqual({ error: "Wrong password" });
    expect(answer.headers.getSetCookie().join()).not.toContain("passkey");
  });

  test.each([
    ["nothing", ""],
    ["no JSON", "{"],
    ["an empty object", "{}"],
    ["another type", JSON.stringify({ ...forged, type: "password" })],
    ["a forged answer", JSON.stringify(forged)],
  ])("%s signs nobody in and adds no passkey", async (_, response) => {
    const visitor = new Browser(site.app);
    await visitor.submit("/sign-in", "/sign-in/passkey/options");
    const form = { response, next: "/contacts" };
    const answer = await visitor.submit("/sign-in", "/sign-in/passkey", form, origin);
    expect(answer.headers.get("location")).toBe("/sign-in?next=%2Fcontacts");
    expect(await visitor.text("/sign-in")).toContain("open an account here");

    const browser = await signedUp(site.app);
    const page = "/settings/passkeys/new";
    const token = csrfTokenOf(await browser.text(page));
    await browser.post("/settings/passkeys/options", { token, password: ada.password });
    const added = await browser.post("/settings/passkeys", { token, name: "x", response }, origin);
    expect(added.status).toBe(422);
    expect(await added.text()).toContain("The passkey could not be added.");
  });

  test("a person removes no passkey of somebody else", async () => {
    const { userId } = await site.join("ada");
    const isSqlite = which.name === "sqlite";
    await site.backend.db
      .withTables<{ passkeys: Record<string, unknown> }>()
      .insertInto("passkeys")
      .values({
        ...{ id: "p1", name: "Laptop", publicKey: "", userId, credentialID: "c1", counter: 0 },
        ...{ deviceType: "singleDevice", backedUp: isSqlite ? 0 : false },
        createdAt: new Date().toISOString(),
      })
      .execute();
    const eve = await signedUp(site.app, { ...ada, email: "eve@example.com" });
    const answer = await eve.submit("/settings/security", "/settings/passkeys/p1/remove");
    expect(answer.status).toBe(404);
    const left = await site.backend.db
      .withTables<{ passkeys: { id: string } }>()
      .selectFrom("passkeys")
      .select("id")
      .execute();
    expect(left).toEqual([{ id: "p1" }]);
  });
});
