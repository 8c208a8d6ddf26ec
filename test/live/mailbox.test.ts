import { describe, expect, test } from "vitest";
import { createMailbox } from "../../server/live/mailbox.ts";

function setUp() {
  const written: string[] = [];
  let full = false;
  const mailbox = createMailbox(
    (chunk) => void written.push(Buffer.from(chunk).toString()),
    () => full,
  );
  const fill = (value: boolean) => {
    full = value;
  };
  return { written, mailbox, fill };
}

const bytes = (text: string) => Buffer.from(text);

describe("a mailbox", () => {
  test("writes at once while the reader keeps up", () => {
    const { mailbox, written } = setUp();
    mailbox.put("a", bytes("1"));
    mailbox.put("a", bytes("2"));
    expect(written).toEqual(["1", "2"]);
    expect(mailbox.waitingBytes).toBe(0);
  });

  test("keeps only the latest chunk of each target for a stalled reader", () => {
    const { mailbox, written, fill } = setUp();
    fill(true);
    for (let n = 0; n < 100_000; n++)
      mailbox.put(`job-${n % 20}`, bytes(String(n).padStart(6, "0")));
    expect(mailbox.waitingBytes).toBe(20 * 6);
    fill(false);
    mailbox.flush();
    expect(written).toHaveLength(20);
    expect(written.at(-1)).toBe("099999");
    expect(mailbox.waitingBytes).toBe(0);
  });

  test("sends a replacement behind the chunks that were put before it", () => {
    const { mailbox, written, fill } = setUp();
    fill(true);
    mailbox.put("progress", bytes("progress 1"));
    mailbox.put("panel", bytes("panel 2"));
    mailbox.put("progress", bytes("progress 3"));
    fill(false);
    mailbox.flush();
    expect(written).toEqual(["panel 2", "progress 3"]);
  });

  test("never replaces appended chunks and keeps their order", () => {
    const { mailbox, written, fill } = setUp();
    fill(true);
    for (const line of ["one", "two", "three"]) mailbox.append(bytes(line));
    fill(false);
    mailbox.flush();
    expect(written).toEqual(["one", "two", "three"]);
  });

  test("stops in the middle of a flush when the reader is full, and continues with the next one", () => {
    const written: string[] = [];
    let room = 0;
    const mailbox = createMailbox(
      (chunk) => {
        room--;
        written.push(Buffer.from(chunk).toString());
      },
      () => room <= 0,
    );
    for (const name of ["a", "b", "c"]) mailbox.put(name, bytes(name));
    room = 2;
    mailbox.flush();
    expect(written).toEqual(["a", "b"]);
    room = 1;
    mailbox.flush();
    expect(written).toEqual(["a", "b", "c"]);
  });
});
