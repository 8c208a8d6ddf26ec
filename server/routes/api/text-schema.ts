import { z } from "@hono/zod-openapi";
import { isStorable, unstorableMessage } from "../../engine/start/unstorable-text.ts";

/** Any text that both databases can store. */
export const text = z.string().refine(isStorable, unstorableMessage);
