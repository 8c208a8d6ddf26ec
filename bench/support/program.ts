/**
 * Runs parts of a measurement in processes of their own, so that their cost does not count as the cost
 * of what is measured.
 */
import { fork } from "node:child_process";

type Handlers = Record<string, (given: never) => unknown>;
type Calls<H extends Handlers> = {
  [Name in keyof H]: (given: Parameters<H[Name]>[0]) => Promise<Awaited<ReturnType<H[Name]>>>;
};

export interface Program<H extends Handlers> {
  call: Calls<H>;
  pid: number;
  stop(): void;
}

/** Starts a program. @param path a file that calls `serveCalls` */
export function startProgram<H extends Handlers>(path: string): Program<H> {
  const child = fork(path, { execArgv: ["--disable-warning=ExperimentalWarning"] });
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let calls = 0;
  child.on("message", ({ id, value, error }: { id: number; value?: unknown; error?: string }) => {
    if (error === undefined) waiting.get(id)?.resolve(value);
    else waiting.get(id)?.reject(new Error(`${path}: ${error}`));
    waiting.delete(id);
  });
  child.on("exit", (code) => {
    for (const { reject } of waiting.values()) reject(new Error(`${path} ended with ${code}`));
  });
  const call = new Proxy({} as Calls<H>, {
    get: (_, name) => (given: unknown) => {
      const deferred = Promise.withResolvers<unknown>();
      waiting.set(++calls, deferred);
      child.send({ id: calls, name, given });
      return deferred.promise;
    },
  });
  return { call, pid: child.pid!, stop: () => void child.kill() };
}

/** Called in the program: answers the calls of its parent process, and exits with it. */
export function serveCalls<H extends Handlers>(handlers: H): H {
  process.on("message", async ({ id, name, given }: { id: number; name: string; given: never }) => {
    try {
      process.send?.({ id, value: await handlers[name]!(given) });
    } catch (error) {
      process.send?.({ id, error: String((error as Error).stack) });
    }
  });
  process.on("disconnect", () => process.exit(0));
  return handlers;
}
