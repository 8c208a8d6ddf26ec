/** The messages between a page and live-worker.js, which reads the event stream for all tabs. */

export type PageMessage =
  | ({ type: "report" } & TabReport)
  /** Asks to be the one tab that plays the sound for a job. */
  | { type: "claim-sound"; job: FinishedJob }
  /** The tab closes, or goes to another page. */
  | { type: "close" };

/** Describes the content of a tab. Sent when it joins, when it is shown or hidden, and after a ping. */
export interface TabReport {
  /** "job:<id>", "row:<id>", or "jobs:<scope>:<ms>" for jobs that were created after that time. */
  topics: string[];
  /** By job id: the number of the last log line that the tab has, 0 for none. */
  after: Record<string, number>;
  hidden: boolean;
  /** The tab may have missed something: send the current state. */
  resync: boolean;
}

export type WorkerMessage =
  /** Sent every 5 s. A tab answers with a report; the worker drops a tab that stays silent. */
  | { type: "ping" }
  | ({ type: "status" } & ConnectionStatus)
  /** The address of the server's app.js, "/app.js?v=3f1c9a02", which changes with its version. */
  | { type: "version"; script: string }
  /** HTML fragments to swap into the page by their ids. */
  | { type: "frames"; html: string }
  | { type: "job-created"; id: string }
  /** Answers `claim-sound`, for one tab only. */
  | { type: "play-sound"; job: FinishedJob };

export interface FinishedJob {
  id: string;
  succeeded: boolean;
}

export interface ConnectionStatus {
  /** Undefined until the first connection. */
  state: ConnectionState | undefined;
  /** When the server last answered with fresh data, ms since 1970. */
  freshAt: number;
}

/** "ended": every job that the tabs watch is final. "lost": connecting again, or the data is stale. */
export type ConnectionState = "live" | "polling" | "lost" | "ended" | "signed-out";
