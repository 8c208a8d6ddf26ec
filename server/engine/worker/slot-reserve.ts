/**
 * Keeps a fifth of a worker's slots free of jobs that cannot make room. An account that has something
 * running may fill the other slots only, so an account that has nothing gets its first slot soon.
 */
import type { ReservedSlot } from "../../backend/backend.ts";
import type { JobRow } from "../../backend/schema.ts";

/** Simulated with a third of the jobs without checkpoints: with a half, those jobs wait for each other. */
const reservedShare = 0.2;
/** A job that was asked to make room this long ago cannot. */
const maxYieldMs = 10_000;

/** The slot of one claim, and then of its job. */
export interface Slot {
  /** Undefined for a slot that any job may take. */
  readonly reserved: ReservedSlot | undefined;
  /** The claim got this job. */
  fill(row: Pick<JobRow, "id" | "kind">): void;
  /** The claim got no job, or the job has ended. */
  free(): void;
}

export interface SlotReserve {
  /** The kinds whose jobs are known to give back their slots soon after they are asked. */
  yieldingKinds(): readonly string[];
  /** Takes a slot for a claim. */
  take(): Slot;
  /**
   * A job of the kind has saved two checkpoints shortly after each other. A kind is not trusted before:
   * nothing else tells whether its jobs save any.
   * @returns whether that is news, so that jobs may be due for slots that were reserved
   */
  onYielding(kind: string): boolean;
  /** The job was asked to give back its slot. */
  onAsked(id: string): void;
}

/**
 * @param concurrency number of slots of the worker; of fewer than five none is reserved
 * @param monotonic a clock in ms that no one can set
 */
export function createSlotReserve(
  concurrency: number,
  monotonic: () => number = () => performance.now(),
): SlotReserve {
  const maxHeld = concurrency - Math.floor(concurrency * reservedShare);
  const yielding = new Set<string>();
  const slots = new Set<TakenSlot>();

  /** Forgets the kinds of jobs that were asked in vain, until another run of them saves checkpoints. */
  function review(): void {
    const at = monotonic();
    for (const slot of slots) {
      if (!slot.job || slot.wasAskedInVain || at - slot.askedAt <= maxYieldMs) continue;
      slot.wasAskedInVain = true;
      yielding.delete(slot.job.kind);
    }
  }

  /** Whether the slot may stay taken however many wait. A claim under way may bring any job. */
  function isHeld({ reserved, job, wasAskedInVain }: TakenSlot): boolean {
    return job ? wasAskedInVain || !yielding.has(job.kind) : reserved === undefined;
  }

  return {
    yieldingKinds() {
      review();
      return [...yielding];
    },
    take() {
      review();
      const held = [...slots].filter(isHeld).length;
      const slot: TakenSlot = {
        reserved: held < maxHeld ? undefined : { yieldingKinds: [...yielding] },
        job: undefined,
        askedAt: Number.POSITIVE_INFINITY,
        wasAskedInVain: false,
      };
      slots.add(slot);
      return {
        reserved: slot.reserved,
        fill(row) {
          slot.job = row;
        },
        free: () => void slots.delete(slot),
      };
    },
    onYielding(kind) {
      const isNew = !yielding.has(kind);
      yielding.add(kind);
      return isNew;
    },
    onAsked(id) {
      for (const slot of slots) {
        if (slot.job?.id === id) slot.askedAt = Math.min(slot.askedAt, monotonic());
      }
    },
  };
}

interface TakenSlot {
  reserved: ReservedSlot | undefined;
  job: Pick<JobRow, "id" | "kind"> | undefined;
  /** On the clock of `monotonic`; infinite until the job is asked. */
  askedAt: number;
  wasAskedInVain: boolean;
}
