/**
 * Connections that let the server keep the statements of transactions, parsed and planned: of a claim
 * that is three quarters of what it costs. Only of transactions, whose few statements find their
 * rows by a key: what lists are filtered by is better planned for its values each time.
 */
import pg from "pg";

/** The server keeps each for every connection, so one that comes once must not stay. */
const keptAfter = 3;
const mostKept = 100;

/** @returns a class for `new pg.Pool({ Client })`; its connections call a statement by one name */
export function preparingClient(): typeof pg.Client {
  const seen = new Map<string, { name: string; times: number }>();

  /** @returns undefined for one that is not kept, or not yet */
  function nameOf(text: string): string | undefined {
    let found = seen.get(text);
    if (!found) {
      if (seen.size === mostKept) return undefined;
      found = { name: `kept_${seen.size}`, times: 0 };
      seen.set(text, found);
    }
    return ++found.times > keptAfter ? found.name : undefined;
  }

  class PreparingClient extends pg.Client {
    #outdated = false;

    // The overloads of the base class have no common form.
    override query(...given: unknown[]): never {
      const [text, values] = given;
      const query = super.query.bind(this) as (...given: unknown[]) => Promise<unknown>;
      if (text === "rollback" && this.#outdated) {
        // A new session plans anew; the pool lets go of one that has ended.
        return query(...given).finally(() => void this.end()) as never;
      }
      const prepare = this.getTransactionStatus() === "T" && typeof text === "string";
      const name = prepare && Array.isArray(values) ? nameOf(text) : undefined;
      if (name === undefined) return query(...given) as never;
      return query({ name, text, values }).catch((error) => this.#failed(error)) as never;
    }

    /** What was planned before a migration may be of no use after it. */
    #failed(error: Error): never {
      this.#outdated ||= /cached plan must not change result type/.test(error.message);
      throw error;
    }
  }
  return PreparingClient;
}
