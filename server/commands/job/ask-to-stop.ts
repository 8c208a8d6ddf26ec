/** Ctrl-C while a job is followed in a terminal. */

import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";

export type StopChoice = "cancel" | "leave" | "go on";

const question =
  "\nCancel the job, leave it running, or go on watching? [c]ancel, [l]eave, [w]atch: ";

/**
 * Reads Ctrl-C as a key. As a signal it would come twice, because npm passes on what the terminal
 * has sent to this process as well, on a busy machine seconds later.
 * @returns ends the reading
 */
export function onCtrlC(listener: () => void): () => void {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const keys = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  keys.on("SIGINT", listener);
  return () => keys.close();
}

/**
 * Asks on Ctrl-C. A second Ctrl-C, and the end of the input, leave the job running.
 * @param ended fires when the job has ended, which answers the question
 */
export async function askToStop(ended: AbortSignal): Promise<StopChoice> {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  const closed = Promise.withResolvers<"leave">();
  lines.on("SIGINT", () => closed.resolve("leave"));
  lines.on("close", () => closed.resolve("leave"));
  const answered = lines
    .question(question, { signal: ended })
    .then(choiceOf, () => "go on" as const);
  try {
    return await Promise.race([answered, closed.promise]);
  } finally {
    lines.close();
  }
}

function choiceOf(answer: string): StopChoice {
  const letter = answer.trim().toLowerCase().charAt(0);
  if (letter === "c") return "cancel";
  return letter === "l" ? "leave" : "go on";
}
