/** A request to a run to give back its slot at its next checkpoint. */

/**
 * A request that no checkpoint met for this long has expired, because another job was asked since. The
 * run then goes on.
 */
export const roomRequestMs = 15_000;

/** Checkpoints with this time between them are frequent enough to make room when it is asked for. */
const maxCheckpointGapMs = 10_000;

export interface RoomRequest {
  request(): void;
  /** Cheap enough for each batch, like `onBatch`. */
  isPending(): boolean;
  /** A batch was committed. */
  onBatch(): void;
}

/**
 * @param onYielding called once, when two batches follow each other shortly
 * @param monotonic a clock in ms that no one can set
 */
export function createRoomRequest(
  onYielding: () => void = () => {},
  monotonic: () => number = () => performance.now(),
): RoomRequest {
  let expiresAt = Number.NEGATIVE_INFINITY;
  let batchAt = Number.NEGATIVE_INFINITY;
  let isYielding = false;
  return {
    request() {
      expiresAt = monotonic() + roomRequestMs;
    },
    isPending: () => expiresAt > Number.NEGATIVE_INFINITY && monotonic() < expiresAt,
    onBatch() {
      if (isYielding) return;
      const at = monotonic();
      isYielding = at - batchAt <= maxCheckpointGapMs;
      batchAt = at;
      if (isYielding) onYielding();
    },
  };
}
