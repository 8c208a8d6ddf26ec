/** Reads thousands of streams in one process as cheaply as possible, and counts frames by group. */
import { connect, type Socket } from "node:net";
import { serveCalls } from "../support/program.ts";
import { streamRequest } from "../support/stream-request.ts";

export type Receivers = typeof receivers;

/** Connections opened at once: a server's backlog holds some hundreds. */
const batchSize = 100;
/** Each frame has one such line. */
const mark = Buffer.from("data:");

interface Group {
  sockets: Socket[];
  frames: number;
  bytes: number;
  /** The delays between the times in frames and their receipt, ms. */
  waits: number[];
}

const groups = new Map<string, Group>();

const receivers = serveCalls({
  /** Opens streams and resolves once each has received something. */
  async open(given: {
    group: string;
    port: number;
    cookie: string;
    /** The topics of each stream. */
    topics: string[];
    /** Whether frames carry times, whose delays are then measured. */
    times: boolean;
  }): Promise<void> {
    const group: Group = { sockets: [], frames: 0, bytes: 0, waits: [] };
    groups.set(given.group, group);
    for (let from = 0; from < given.topics.length; from += batchSize) {
      const topics = given.topics.slice(from, from + batchSize);
      await Promise.all(topics.map((topic) => open(group, given, topic)));
    }
  },
  count(name: string): { frames: number; bytes: number } {
    const { frames, bytes } = groups.get(name)!;
    return { frames, bytes };
  },
  /** Returns and clears the delays measured so far. */
  waits(name: string): number[] {
    return groups.get(name)!.waits.splice(0);
  },
  close(name: string): void {
    for (const socket of groups.get(name)!.sockets) socket.destroy();
    groups.delete(name);
  },
});

function open(
  group: Group,
  { port, cookie, times }: { port: number; cookie: string; times: boolean },
  topic: string,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const note = times ? collectWaits(group) : () => {};
    const socket = connect({
      port,
      host: "127.0.0.1",
      // All sockets share one buffer, which is processed before the next read.
      onread: {
        buffer,
        callback(length, chunk) {
          group.bytes += length;
          const bytes = (chunk as Buffer).subarray(0, length);
          for (let at = bytes.indexOf(mark); at !== -1; at = bytes.indexOf(mark, at + 5)) {
            group.frames++;
          }
          note(bytes);
          resolve();
          return true;
        },
      },
    });
    socket.on("error", reject);
    socket.on("connect", () => socket.write(streamRequest(port, cookie, topic)));
    group.sockets.push(socket);
  });
}

const buffer = Buffer.alloc(64 * 1024);

/** Counts each time once, at the first frame that carries it or a later one. */
function collectWaits(group: Group): (bytes: Buffer) => void {
  let latest = Date.now();
  return (bytes) => {
    const now = Date.now();
    const sent = /sent ([\d ]+)/.exec(bytes.toString("latin1"))?.[1];
    const sentTimes = (sent ?? "").split(" ").map(Number);
    for (const at of sentTimes) if (at > latest) group.waits.push(now - at);
    latest = Math.max(latest, ...sentTimes);
  };
}
