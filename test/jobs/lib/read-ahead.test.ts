import { expect, test } from "vitest";
import { readAhead } from "../../../jobs/lib/read-ahead.ts";

function counted(last: number, log: string[], fault?: Error) {
  return (async function* () {
    try {
      for (let value = 1; value <= last; value++) {
        log.push(`read ${value}`);
        yield value;
      }
      if (fault) throw fault;
    } finally {
      log.push("closed");
    }
  })();
}

test("the next value is asked for before the consumer is done with the last", async () => {
  const log: string[] = [];
  for await (const value of readAhead(counted(3, log))) {
    await Promise.resolve();
    log.push(`used ${value}`);
  }
  expect(log).toEqual(["read 1", "read 2", "used 1", "read 3", "used 2", "closed", "used 3"]);
});

test("an error of the source arrives after the values before it", async () => {
  const used: number[] = [];
  const fault = new Error("The disk is gone");
  await expect(async () => {
    for await (const value of readAhead(counted(2, [], fault))) used.push(value);
  }).rejects.toThrow(fault);
  expect(used).toEqual([1, 2]);
});

test("a consumer that stops early closes the source", async () => {
  const log: string[] = [];
  for await (const value of readAhead(counted(9, log))) if (value === 2) break;
  expect(log).toEqual(["read 1", "read 2", "read 3", "closed"]);
});
