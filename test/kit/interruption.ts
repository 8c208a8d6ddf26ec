/** Interrupts a run at a chosen transaction: kills it, or asks it to stop. */
import type { Backend } from "../../server/backend/backend.ts";

/** How a run is interrupted, and at which of its transactions, from 1. */
export interface Interruption {
  how: "kill" | "cancel" | "pause" | "shutdown" | "timeout";
  at: number;
  /** True if a run may end before it. */
  isOptional?: boolean;
  happened?: boolean;
}

export interface InterruptedBackend {
  /** For the run. */
  backend: Backend;
  /** For progress and log lines, whose transactions are not counted, because their time is not fixed. */
  uncounted: Backend;
  /** Transactions so far, without one that a kill rolled back. */
  readonly transactions: number;
}

/**
 * @param onKill called after the transaction was rolled back. From then on no transaction of the run ever
 *   ends, so that it does nothing more, like a killed process; not even its `finally` blocks run
 * @param onStop called after the transaction was committed, to ask the run to stop
 * @param onCommit called after each transaction
 */
export function interruptedBackend(
  backend: Backend,
  interruption: Interruption | undefined,
  {
    onKill,
    onStop,
    onCommit,
  }: {
    onKill: () => void;
    onStop: () => Promise<void>;
    onCommit: () => Promise<void>;
  },
): InterruptedBackend {
  const killed = new Error("The test kit killed the run");
  let begun = 0;
  let transactions = 0;
  let isDead = false;
  const never = () => new Promise<never>(() => {});

  async function kill(work: Parameters<Backend["write"]>[0]): Promise<never> {
    try {
      await backend.write(async (tx) => {
        await work(tx);
        throw killed;
      });
    } catch (error) {
      // The run is interrupted at a transaction that would have been committed.
      if (error !== killed) throw error;
    }
    isDead = true;
    interruption!.happened = true;
    onKill();
    return never();
  }

  const write: Backend["write"] = async (work, options) => {
    if (isDead) return never();
    begun++;
    const chosen = begun === interruption?.at ? interruption : undefined;
    if (chosen?.how === "kill") return kill(work);
    const result = await backend.write(work, options);
    if (isDead) return never();
    transactions++;
    await onCommit();
    if (chosen) {
      chosen.happened = true;
      await onStop();
    }
    return result;
  };

  return {
    backend: { ...backend, write },
    uncounted: {
      ...backend,
      write: (work, options) => (isDead ? never() : backend.write(work, options)),
    },
    get transactions() {
      return transactions;
    },
  };
}
