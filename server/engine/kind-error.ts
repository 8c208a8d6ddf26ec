/**
 * A mistake in the code of a kind, which would happen again: it fails the job at once, without a retry.
 * The message is a sentence that tells the author how to put it right.
 */
export class KindError extends Error {
  override name = "KindError";
}
