import { fork } from "node:child_process";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { StartRequest } from "../../server/engine/start/request.ts";
import type { Answered, Told } from "./programs/another.ts";

type Without<T, Key extends string> = T extends unknown ? Omit<T, Key> : never;

/** A second process on the database, that goes with the test. */
export async function anotherProcess(url: string) {
  const child = fork(join(import.meta.dirname, "programs/another.ts"), [url]);
  const waiting = new Map<number, PromiseWithResolvers<string[]>>();
  let calls = 0;
  child.on("message", ({ call, ids, error }: Answered) => {
    if (error) waiting.get(call)?.reject(new Error(error));
    else waiting.get(call)?.resolve(ids);
    waiting.delete(call);
  });
  onTestFinished(() => void child.kill("SIGKILL"));

  function answerTo(call: number): Promise<string[]> {
    const answered = Promise.withResolvers<string[]>();
    waiting.set(call, answered);
    return answered.promise;
  }
  function tell(what: Without<Told, "call">): Promise<string[]> {
    const call = ++calls;
    child.send({ call, ...what });
    return answerTo(call);
  }
  await answerTo(0);
  return {
    cancel: (id: string) => tell({ cancel: id }),
    /** @returns the ids that that many starts at once gave */
    start: (request: StartRequest, times: number) => tell({ start: request, times }),
  };
}
