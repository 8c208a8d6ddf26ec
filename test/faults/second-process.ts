import { fork } from "node:child_process";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { StartRequest } from "../../server/engine/start/request.ts";
import type { Command, Reply } from "./programs/second-process.ts";

type Without<T, Key extends string> = T extends unknown ? Omit<T, Key> : never;

/** Starts a second process on the database, which ends with the test. */
export async function startSecondProcess(url: string) {
  const child = fork(join(import.meta.dirname, "programs/second-process.ts"), [url]);
  const waiting = new Map<number, PromiseWithResolvers<string[]>>();
  let calls = 0;
  child.on("message", ({ call, ids, error }: Reply) => {
    if (error) waiting.get(call)?.reject(new Error(error));
    else waiting.get(call)?.resolve(ids);
    waiting.delete(call);
  });
  onTestFinished(() => void child.kill("SIGKILL"));

  function replyTo(call: number): Promise<string[]> {
    const reply = Promise.withResolvers<string[]>();
    waiting.set(call, reply);
    return reply.promise;
  }
  function send(command: Without<Command, "call">): Promise<string[]> {
    const call = ++calls;
    child.send({ call, ...command });
    return replyTo(call);
  }
  await replyTo(0);
  return {
    cancel: (id: string) => send({ cancel: id }),
    /** Starts the job `times` times in parallel. @returns the ids */
    start: (request: StartRequest, times: number) => send({ start: request, times }),
  };
}
