/**
 * Connections that let the server keep the statements of transactions, parsed and planned: of a claim
 * that is three quarters of what it costs. Only of transactions, whose few statements find their
 * rows by a key: what lists are filtered by is better planned for its values each time.
 */
import { LRUCache } from "lru-cache";
import pg from "pg";

/** Begins a statement that is kept outside of transactions too. */
export const keepMark = "/* kept */";

/** The server keeps each for every connection, so one that comes once must not stay. */
const keptAfter = 3;
const mostKept = 100;
const maxSeen = 200;

/** @returns a class for `new pg.Pool({ Client })`; its connections call a statement by one name */
export function preparingClient(): typeof pg.Client {
  const names = new Map<string, string>();
  /** How often each statement without a name was sent. */
  const seen = new LRUCache<string, number>({ max: maxSeen });

  /** @returns undefined for one that is not kept, or not yet */
  function nameOf(text: string): string | undefined {
    const known = names.get(text);
    if (known || names.size === mostKept) return known;
    const times = (seen.get(text) ?? 0) + 1;
    if (times <= keptAfter) {
      seen.set(text, times);
      return undefined;
    }
    seen.delete(text);
    names.set(text, `kept_${names.size}`);
    return names.get(text);
  }

  class PreparingClient extends pg.Client {
    #outdated = false;

    // The overloads of the base class have no common form.
    override query(...given: unknown[]): never {
      const [text, values] = given;
      const query = super.query.bind(this) as (...given: unknown[]) => Promise<unknown>;
      if (text === "rollback" && this.#outdated) return this.#leave(query(...given)) as never;
      const isKept =
        typeof text === "string" &&
        (this.getTransactionStatus() === "T" || text.startsWith(keepMark));
      const name = isKept && Array.isArray(values) ? nameOf(text) : undefined;
      if (name === undefined) return query(...given) as never;
      return query({ name, text, values }).catch((error) => this.#failed(error)) as never;
    }

    /** What was planned before a migration may be of no use after it. */
    #failed(error: Error): never {
      this.#outdated ||= /cached plan must not change result type/.test(error.message);
      if (this.#outdated && this.getTransactionStatus() !== "E") this.#leave(Promise.resolve());
      throw error;
    }

    /** A new session plans anew; the pool lets go of one that has ended. */
    #leave<T>(last: Promise<T>): Promise<T> {
      return last.finally(() => void this.end());
    }
  }
  return PreparingClient;
}
