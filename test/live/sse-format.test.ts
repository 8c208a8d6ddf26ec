import { expect, test } from "vitest";
import { event, frame, ping, retry } from "../../server/live/sse-format.ts";

const text = (chunk: Uint8Array) => Buffer.from(chunk).toString();

test("a frame has one line of data, because a line break would end it", () => {
  expect(text(frame("<p>\n  one\r\n  two</p>\n"))).toBe("data:<p> one two</p>\n\n");
});

test("an event has a name and data, because browsers ignore one without data", () => {
  expect(text(event("hello", "v1"))).toBe("event:hello\ndata:v1\n\n");
});

test("a ping is a comment", () => {
  expect(text(ping)).toBe(":\n\n");
});

test("a retry is a number of milliseconds", () => {
  expect(text(retry(1500))).toBe("retry:1500\n\n");
});
