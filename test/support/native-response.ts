/**
 * Loads `RESPONSE_ALREADY_SENT` before any test calls `serve`, which replaces the global `Response`:
 * the node server would send an instance of the replacement as an answer. Files share a process, so
 * otherwise event streams would work only in some orders of the files.
 */
import "@hono/node-server/utils/response";
