/**
 * Loads `RESPONSE_ALREADY_SENT` before any test calls `serve`, which replaces the global `Response`.
 * Made of the replacement, the node server would take it for an answer to send. Files share a
 * process, so the order of files would decide whether event streams work.
 */
import "@hono/node-server/utils/response";
