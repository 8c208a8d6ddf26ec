/** Every route of the application is asked by everybody: who may use it, and who may not. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { backends } from "../../support/backends.ts";
import { type Ask, publicRoutes, type Rule, rules } from "./rules.ts";
import { type Answer, type Credential, send } from "./send.ts";
import { type Actor, createWorld, names, secret, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld(backends[0]!);
});
afterAll(() => world.close());

/** An answer that tells the sender to sign in, or that there is nothing for them. */
function isRefusal({ status, location }: Answer): boolean {
  return [401, 403, 404].includes(status) || location.startsWith("/sign-in?");
}

/** The routes outside of the API that an API token opens: the API hands out links to their files. */
const fileRoutes = [
  "/jobs/:id/result",
  "/jobs/:id/results.zip",
  "/jobs/:id/log",
  "/jobs/:id/output",
  "/files/:id",
];

/** @returns how the sender may authenticate at this route */
function credentialsFor(path: string): Credential[] {
  const takesToken = path.startsWith("/api/") || fileRoutes.includes(path);
  return takesToken ? ["session", "token"] : ["session"];
}

describe("the routes", () => {
  test("every route has a rule, and every rule has a route", () => {
    const served = world.site.app.routes
      .filter(({ method, path }) => method !== "ALL" && path !== "/*")
      .map(({ method, path }) => `${method} ${path}`);
    const known = [...publicRoutes, ...Object.keys(rules)];
    expect([...new Set(served)].sort()).toEqual(known.sort());
  });

  test.each(publicRoutes)("%s says nothing of the creator to nobody", async (route) => {
    const [method = "", path = ""] = route.split(" ");
    const answer = await world.site.app.request(path, { method, headers: { host: "localhost" } });
    expect(await answer.text()).not.toContain(secret);
  });
});

const cases = Object.entries(rules).flatMap(([route, ofRoute]) => {
  return ofRoute.map((rule, at) => ({ route, rule, number: at + 1 }));
});

describe.each(cases)("$route, request $number", ({ route, rule }) => {
  const [method = "", path = ""] = route.split(" ");
  const allowed = credentialsFor(path);

  /** Requests that were refused, by their sender: they have changed nothing, and can be sent again. */
  const unused = new Map<Actor, Ask>();
  beforeAll(() => world.clear());

  /** Sends the request. @returns what the sender got, and whether it changed anything of the creator */
  async function ask(sender: Actor, credential: Credential) {
    const request = unused.get(sender) ?? (await rule.ask(world, sender));
    unused.set(sender, request);
    const before = await world.snapshot();
    const answer = await send(world, sender, credential, method, request);
    const shows = [secret, request.hidden].some((text) => text && answer.text.includes(text));
    return { ...answer, shows, changes: (await world.snapshot()) !== before };
  }

  test.each(["nothing", "forged"] as const)(
    "the route refuses somebody with %s as a session and token",
    async (credential) => {
      const answer = await ask(world.creator, credential);
      expect(isRefusal(answer), answer.text).toBe(true);
      expect(answer).toMatchObject({ shows: false, changes: false });
    },
  );

  const others = names.filter((name) => !rule.who.includes(name) && rule.isSentByOthers !== false);
  const wrong = others.flatMap((name) => allowed.map((credential) => ({ name, credential })));
  test.each(wrong)("the $name gets and changes nothing by a $credential", async (who) => {
    const answer = await ask(world[who.name], who.credential);
    expect(answer.status).toBeLessThan(500);
    expect(isRefusal(answer), answer.text).toBe(rule.others === "refused");
    expect(answer, answer.text).toMatchObject({ shows: false, changes: false });
  });

  const senders = rule.isSentByAudience === false ? [] : rule.who;
  const right = senders.flatMap((name) => allowed.map((credential) => ({ name, credential })));
  test.each(right)("the $name may use the route by a $credential", async (who) => {
    unused.clear();
    const answer = await ask(world[who.name], who.credential);
    expect(isRefusal(answer), answer.text).toBe(false);
    expect(answer.status, answer.text).toBeLessThan(400);
    const effects: Record<Rule["effect"], boolean> = { ...answer, answers: true };
    expect(effects[rule.effect], answer.text).toBe(true);
  });

  if (!allowed.includes("token")) {
    test("the route accepts no API token", async () => {
      const answer = await ask(world.creator, "token");
      expect(isRefusal(answer), answer.text).toBe(true);
      expect(answer).toMatchObject({ shows: false, changes: false });
    });
  }
});
