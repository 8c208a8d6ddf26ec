/** A request to a run to give back its slot at its next checkpoint. */

/**
 * A request that no checkpoint met for this long has expired, because another job was asked since. The
 * run then goes on.
 */
export const roomRequestMs = 15_000;

export interface RoomRequest {
  request(): void;
  /** Cheap enough for each batch. */
  isPending(): boolean;
}

/** @param monotonic a clock in ms that no one can set */
export function createRoomRequest(monotonic: () => number = () => performance.now()): RoomRequest {
  let expiresAt = Number.NEGATIVE_INFINITY;
  return {
    request() {
      expiresAt = monotonic() + roomRequestMs;
    },
    isPending: () => expiresAt > Number.NEGATIVE_INFINITY && monotonic() < expiresAt,
  };
}
