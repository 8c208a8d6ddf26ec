import endlessLoop from "./endless_loop.ts";

/** Blocks the event loop with a timeout of an hour: only missing heartbeats give it away. */
export default { ...endlessLoop, title: "Endless loop, 1 h", timeout: "1h" as const };
