import { afterAll } from "vitest";
import { stopLaunched } from "./processes.ts";

afterAll(stopLaunched, 60_000);
