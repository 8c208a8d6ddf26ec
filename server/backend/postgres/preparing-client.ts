/**
 * Connections that prepare the frequent statements of transactions, so that the server parses and
 * plans them once: that is three quarters of the cost of a claim. Statements outside of transactions
 * are not prepared, because the filters of a list are planned better with their actual values.
 */
import { LRUCache } from "lru-cache";
import pg from "pg";

/**
 * A statement that begins with this is prepared outside of transactions too, and even if it returns all
 * columns of a table. Its caller repeats it if it fails because a migration has added a column.
 */
export const prepareMark = "/* prepare */";

/**
 * Such a statement fails once in each session that has prepared it, together with its transaction, when
 * a newer version adds a column beside this one.
 */
const allColumns = /\b(returning|select) \*|\w"?\.\*/i;

/** A prepared statement stays in every session, so one that is sent only once is not worth it. */
const minUses = 3;
const maxPrepared = 100;
const maxCounted = 200;

/** @returns a class for `new pg.Pool({ Client })`, whose connections share the statements' names */
export function preparingClient(): typeof pg.Client {
  const names = new Map<string, string>();
  /** Number of times that each statement without a name was sent. */
  const uses = new LRUCache<string, number>({ max: maxCounted });

  /** @returns undefined if the statement is not to be prepared, or not yet */
  function nameOf(text: string): string | undefined {
    const known = names.get(text);
    if (known || names.size === maxPrepared) return known;
    const count = (uses.get(text) ?? 0) + 1;
    if (count <= minUses) {
      uses.set(text, count);
      return undefined;
    }
    uses.delete(text);
    names.set(text, `prepared_${names.size}`);
    return names.get(text);
  }

  return class extends pg.Client {
    // The overloads of the base class have no common signature.
    override query(...args: unknown[]): never {
      const [text, values] = args;
      const query = super.query.bind(this) as (...args: unknown[]) => Promise<unknown>;
      const inTransaction = this.getTransactionStatus() === "T";
      const mayPrepare =
        typeof text === "string" &&
        (text.startsWith(prepareMark) || (inTransaction && !allColumns.test(text)));
      const name = mayPrepare && Array.isArray(values) ? nameOf(text) : undefined;
      if (name === undefined) return query(...args) as never;
      return query({ name, text, values }).catch((error) => {
        if (isOutdatedPlan(error)) outdated.add(this);
        throw error;
      }) as never;
    }
  };
}

/** Sessions whose plans a migration has invalidated. */
const outdated = new WeakSet<pg.ClientBase>();

function isOutdatedPlan(error: Error): boolean {
  return /cached plan must not change result type/.test(error.message);
}

/**
 * Ends a session with invalid plans, and the next one plans again. Called when the session returns
 * to its pool: earlier its transaction may still be open, later the pool may have lent it again.
 */
export function endOutdated(client: pg.ClientBase): void {
  if (outdated.delete(client)) void (client as pg.Client).end();
}
