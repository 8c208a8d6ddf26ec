import { afterAll, beforeAll, describe } from "vitest";
import { backends, openTestBackend } from "../support/backends.ts";
import { databaseContract } from "./contract/database.ts";
import { queueContract } from "./contract/queue.ts";
import { signalsContract } from "./contract/signals.ts";

let opened: Awaited<ReturnType<typeof openTestBackend>>;
const backend = () => opened.backend;

beforeAll(async () => {
  opened = await openTestBackend(backends.find((each) => each.name === "postgres")!);
});
afterAll(() => opened.close());

describe("database", () => databaseContract(backend));
describe("signals", () => signalsContract(backend, () => opened.another()));
describe("queue", () => queueContract(backend));
