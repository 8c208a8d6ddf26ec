import type htmxModule from "htmx.org";
import type { HtmxSwapSpecification } from "htmx.org";
import type { FinishedJob } from "./protocol.d.ts";

type Htmx = typeof htmxModule;

/** How live updates reach the parts of a page, from app.js and dashboard.js, which are separate. */
interface LiveEvents {
  /** HTML fragments to swap into the page by their ids. */
  "live:frames": string;
  /** The id of the new job. */
  "live:job-created": string;
  /** `part` has replaced `before`. */
  "live:swapped": { part: HTMLElement; before: HTMLElement };
  /** The list that got new lines. */
  "live:appended": HTMLElement;
  /** A topic that the page watches from now on. */
  "live:subscribe": string;
  "live:play-sound": FinishedJob;
}

declare global {
  type LiveEventMap = { [Name in keyof LiveEvents]: CustomEvent<LiveEvents[Name]> };

  /** Stands in front of our scripts in app.js. */
  const htmx: Omit<Htmx, "swap"> & {
    /** Takes a parsed fragment as well as a string, which its own types leave out. */
    swap(target: Element, content: DocumentFragment, spec: HtmxSwapSpecification): void;
  };

  interface DocumentEventMap extends LiveEventMap {
    "htmx:load": CustomEvent<{ elt: HTMLElement }>;
    /** `fragment` is the new element itself where it is appended to its target, as log lines are. */
    "htmx:oobBeforeSwap": CustomEvent<{
      target: HTMLElement;
      fragment: DocumentFragment | HTMLElement;
    }>;
  }

  interface WindowEventMap extends LiveEventMap {
    /** In a SharedWorker: a page has connected, with its port as `ports[0]`. */
    connect: MessageEvent<never>;
  }

  interface Window {
    /** Connects a page to live-worker.js where that runs as a script of the page. */
    connectLiveWorker?: (port: MessagePort) => void;
  }
}
