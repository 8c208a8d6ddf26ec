/**
 * A pooler as strict as PgBouncer in transaction mode: each transaction gets the session that has
 * been idle longest, and settings of a session are refused when a client connects.
 * https://www.postgresql.org/docs/current/protocol-message-formats.html
 */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";

const maxSessions = 5;
const allowedParameters = new Set(["user", "database", "client_encoding", "application_name"]);

interface Session {
  socket: Socket;
  client: Socket | undefined;
  /** Queries without a complete answer. */
  pending: number;
}

/**
 * @param url the address of the database
 * @param onEnd registers what closes the pooler
 * @returns the address of the same database through the pooler
 */
export async function startPooler(
  url: string,
  onEnd: (close: () => void) => void = onTestFinished,
): Promise<string> {
  const target = new URL(url);
  const idle: Session[] = [];
  const waiting: ((session: Session) => void)[] = [];
  const sockets = new Set<Socket>();

  function release(session: Session): void {
    session.client = undefined;
    const next = waiting.shift();
    if (next) next(session);
    else idle.push(session);
  }

  for (let n = 0; n < maxSessions; n++) {
    const socket = connect(Number(target.port), target.hostname);
    sockets.add(socket.setNoDelay().on("error", () => {}));
    const session: Session = { socket, client: undefined, pending: 1 };
    const parameters = `user\0${target.username}\0database\0${target.pathname.slice(1)}\0\0`;
    socket.write(message("", Buffer.concat([int32(196_608), Buffer.from(parameters)])));
    socket.on(
      "data",
      framed((type, whole) => {
        const asksPassword = type === "R" && whole.readInt32BE(5) === 3;
        if (asksPassword) socket.write(message("p", Buffer.from(`${target.password}\0`)));
        session.client?.write(whole);
        if (type === "Z") session.pending--;
        if (type === "Z" && session.pending === 0 && whole.at(5) === 73 /* I: idle */)
          release(session);
      }),
    );
  }

  const server = createServer((client) => {
    sockets.add(client.setNoDelay().on("error", () => {}));
    let session: Session | undefined;
    let isWaiting = false;
    let buffered: Buffer[] = [];
    client.once("data", (first) => {
      const names = first.subarray(8).toString().split("\0");
      const refused = names.find(
        (name, at) => at % 2 === 0 && name && !allowedParameters.has(name),
      );
      if (refused) {
        const text = `SFATAL\0C08P01\0Munsupported startup parameter: ${refused}\0\0`;
        return void client.end(message("E", Buffer.from(text)));
      }
      client.write(message("R", int32(0)));
      client.write(message("Z", Buffer.from("I")));
      client.on("data", framed(forward));
    });

    function forward(type: string, whole: Buffer): void {
      if (type === "X") return void client.end();
      if (session?.client === client) {
        send(session, type, whole);
        return;
      }
      buffered.push(whole);
      if (isWaiting) return;
      isWaiting = true;
      const free = idle.shift();
      if (free) take(free);
      else waiting.push(take);
    }

    function take(free: Session): void {
      isWaiting = false;
      session = free;
      free.client = client;
      const messages = buffered;
      buffered = [];
      for (const each of messages) send(free, String.fromCharCode(each[0]!), each);
    }
  });

  function send(session: Session, type: string, whole: Buffer): void {
    // The server answers a query and a sync with "ready for query".
    if (type === "Q" || type === "S") session.pending++;
    session.socket.write(whole);
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onEnd(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const pooled = new URL(url);
  pooled.port = String((server.address() as AddressInfo).port);
  return pooled.href;
}

/** Splits a stream into protocol messages: a letter, the length, the content. */
function framed(onMessage: (type: string, whole: Buffer) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 5 && rest.length >= 1 + rest.readInt32BE(1)) {
      const whole = rest.subarray(0, 1 + rest.readInt32BE(1));
      rest = rest.subarray(whole.length);
      onMessage(String.fromCharCode(whole[0]!), whole);
    }
  };
}

function message(type: string, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from(type), int32(content.length + 4), content]);
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}
