/** Tells open pages what changed, in development. */
import type { ErrorDetails } from "../presenters/error-details.ts";

/** `page`: a template or a kind; pages take over the difference. `scripts`: pages load again. */
export type PageChange = "page" | "styles" | "scripts";

export type PageUpdate =
  | { type: PageChange }
  /** The mistakes that are to be corrected now. */
  | { type: "problems"; problems: ErrorDetails[] };

/** The part of the project whose last change has a mistake. The version before it goes on. */
export type ProblemSource = "kinds" | "styles" | "scripts" | "server";

export interface PageUpdates {
  notify(change: PageChange): void;
  /** @param problem undefined once it is corrected */
  setProblem(source: ProblemSource, problem: ErrorDetails | undefined): void;
  /** Calls the listener with the current problems at once. @returns a function that ends it */
  subscribe(listener: (update: PageUpdate) => void): () => void;
}

export function createPageUpdates(): PageUpdates {
  const listeners = new Set<(update: PageUpdate) => void>();
  const problems = new Map<ProblemSource, ErrorDetails>();

  function send(update: PageUpdate): void {
    for (const listener of listeners) listener(update);
  }

  function currentProblems(): PageUpdate {
    return { type: "problems", problems: [...problems.values()] };
  }

  return {
    notify: (type) => send({ type }),
    setProblem(source, problem) {
      if (!problem && !problems.has(source)) return;
      if (problem) problems.set(source, problem);
      else problems.delete(source);
      send(currentProblems());
    },
    subscribe(listener) {
      listeners.add(listener);
      listener(currentProblems());
      return () => listeners.delete(listener);
    },
  };
}
