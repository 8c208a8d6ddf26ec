import { expect, test } from "vitest";
import { event, frame, ping, retry } from "../../server/live/event-stream.ts";

const text = (chunk: Uint8Array) => Buffer.from(chunk).toString();

test("a frame is one line of data, for a line break would end it", () => {
  expect(text(frame("<p>\n  one\r\n  two</p>\n"))).toBe("data:<p> one two</p>\n\n");
});

test("an event has a name and data, for one without data is never told", () => {
  expect(text(event("hello", "v1"))).toBe("event:hello\ndata:v1\n\n");
});

test("a ping is a comment, and a wait a number of milliseconds", () => {
  expect(text(ping)).toBe(":\n\n");
  expect(text(retry(1500))).toBe("retry:1500\n\n");
});
