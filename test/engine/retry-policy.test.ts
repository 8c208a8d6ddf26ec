import { describe, expect, test } from "vitest";
import { z } from "zod";
import { KindError } from "../../server/engine/kind-error.ts";
import { maxRequestedMs, retryWait } from "../../server/engine/retry-policy.ts";
import { isTransientError } from "../../server/engine/transient-error.ts";
import { type Duration, defineJob, type Kind, TryAgain } from "../../server/job.ts";

const unused = { retries: 0, requestedMs: 0 };
const now = Date.parse("2026-11-27T12:00:00Z");
const kind = defineJob({
  ...{ title: "", description: "", input: z.object({}), steps: { Doing: 1 } },
  retryAfter: ["2s", "5s"],
  run: async () => ({ message: "" }),
}) as unknown as Kind;

describe("the wait before a retry", () => {
  test.each([
    [{}, 2_000],
    [{ after: "90s" }, 90_000],
    [{ after: "2h", retryAfter: "1" }, 7_200_000],
    [{ retryAfter: "120" }, 120_000],
    [{ retryAfter: " 0 " }, 0],
    [{ retryAfter: "Fri, 27 Nov 2026 12:00:30 GMT" }, 30_000],
    [{ retryAfter: "Fri, 27 Nov 2026 11:00:00 GMT" }, 0],
    [{ retryAfter: "9999999999" }, 86_400_000],
    [{ retryAfter: null }, 2_000],
    [{ retryAfter: "soon" }, 2_000],
    [{ retryAfter: "-3" }, 2_000],
  ] as const)("%j is %i ms", (options, ms) => {
    expect(retryWait(kind, unused, new TryAgain("busy", options), now)?.ms).toBe(ms);
  });

  test("a wait that a service asks for uses up no retry, and counts as a minute at least", () => {
    const used = { retries: 2, requestedMs: 5_000 };
    const waitFor = (after: Duration) => retryWait(kind, used, new TryAgain("busy", { after }));
    expect(waitFor("1s")).toEqual({ ms: 1_000, requestedMs: 65_000 });
    expect(waitFor("2m")).toEqual({ ms: 120_000, requestedMs: 125_000 });
    expect(waitFor("999ms")).toBeUndefined();
    const once = { ...kind, retryAfter: [] };
    expect(retryWait(once, unused, new TryAgain("busy", { after: "1s" }))).toBeUndefined();
  });

  test("a wait beyond 24 hours of such waits uses up a retry like any other", () => {
    const busy = new TryAgain("busy", { retryAfter: "60" });
    const after = (requestedMs: number, retries = 0) =>
      retryWait(kind, { retries, requestedMs }, busy);
    expect(after(maxRequestedMs - 60_000)).toEqual({ ms: 60_000, requestedMs: maxRequestedMs });
    expect(after(maxRequestedMs - 59_999)).toEqual({ ms: 60_000 });
    expect(after(maxRequestedMs, 2)).toBeUndefined();
  });

  test("a mistake in a kind is not retried, whatever the kind says", () => {
    const eager = { ...kind, retryOn: () => true };
    expect(retryWait(eager, unused, new Error("no"), now)).toEqual({ ms: 2_000 });
    expect(retryWait(eager, unused, new KindError("no"), now)).toBeUndefined();
  });

  test("TryAgain refuses a wait that is no duration", () => {
    expect(() => new TryAgain("busy", { after: "90 s" as never })).toThrow(/is not a duration/);
  });

  test("TryAgain keeps its cause", () => {
    const cause = new Error("inner");
    expect(new TryAgain("busy", { cause }).cause).toBe(cause);
    expect("cause" in new TryAgain("busy")).toBe(false);
  });
});

describe("errors of fetch that are worth a retry", () => {
  test("a timeout, a refused connection and a connection that breaks off", async () => {
    const { createServer } = await import("node:http");
    const server = createServer((request, response) => {
      if (request.url === "/silent") return;
      response.writeHead(200, { "content-length": "100" });
      response.write("half", () => response.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    const errorOf = (promise: Promise<unknown>) =>
      promise.then(
        () => expect.unreachable(),
        (error: unknown) => error,
      );
    const signal = AbortSignal.timeout(50);
    const slow = await errorOf(fetch(`http://127.0.0.1:${port}/silent`, { signal }));
    const broken = await errorOf(fetch(`http://127.0.0.1:${port}/`).then((r) => r.text()));
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    const refused = await errorOf(fetch(`http://127.0.0.1:${port}/`));
    const caught = new Error("The service did not answer", { cause: slow });
    expect([slow, broken, refused, caught].map(isTransientError)).toEqual([true, true, true, true]);
    const wrong = await errorOf(fetch("no address"));
    const aborted = await errorOf(fetch("http://127.0.0.1", { signal: AbortSignal.abort() }));
    expect([wrong, aborted].map(isTransientError)).toEqual([false, false]);
  });
});
