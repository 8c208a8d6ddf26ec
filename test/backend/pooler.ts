/**
 * A pooler as strict as PgBouncer in transaction mode: each transaction gets the session that was idle
 * the longest, and settings of a session are refused at the door.
 * https://www.postgresql.org/docs/current/protocol-message-formats.html
 */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";

const sessions = 5;
const known = new Set(["user", "database", "client_encoding", "application_name"]);

interface Session {
  socket: Socket;
  client: Socket | undefined;
  /** Questions that were not answered to their end. */
  open: number;
}

/** @returns the address of the database by way of a pooler that ends with the test or file */
export async function startPooler(url: string, atEnd: (end: () => void) => void = onTestFinished) {
  const target = new URL(url);
  const idle: Session[] = [];
  const waiting: ((session: Session) => void)[] = [];
  const sockets = new Set<Socket>();

  function give(session: Session): void {
    session.client = undefined;
    const next = waiting.shift();
    if (next) next(session);
    else idle.push(session);
  }

  for (let n = 0; n < sessions; n++) {
    const socket = connect(Number(target.port), target.hostname);
    sockets.add(socket.setNoDelay().on("error", () => {}));
    const session: Session = { socket, client: undefined, open: 1 };
    const parameters = `user\0${target.username}\0database\0${target.pathname.slice(1)}\0\0`;
    socket.write(message("", Buffer.concat([int32(196_608), Buffer.from(parameters)])));
    socket.on(
      "data",
      framed((type, whole) => {
        const asksPassword = type === "R" && whole.readInt32BE(5) === 3;
        if (asksPassword) socket.write(message("p", Buffer.from(`${target.password}\0`)));
        session.client?.write(whole);
        if (type === "Z") session.open--;
        if (type === "Z" && session.open === 0 && whole.at(5) === 73 /* I: idle */) give(session);
      }),
    );
  }

  const server = createServer((client) => {
    sockets.add(client.setNoDelay().on("error", () => {}));
    let session: Session | undefined;
    let asked = false;
    let kept: Buffer[] = [];
    client.once("data", (first) => {
      const names = first.subarray(8).toString().split("\0");
      const strange = names.find((name, at) => at % 2 === 0 && name && !known.has(name));
      if (strange) {
        const text = `SFATAL\0C08P01\0Munsupported startup parameter: ${strange}\0\0`;
        return void client.end(message("E", Buffer.from(text)));
      }
      client.write(message("R", int32(0)));
      client.write(message("Z", Buffer.from("I")));
      client.on("data", framed(pass));
    });

    function pass(type: string, whole: Buffer): void {
      if (type === "X") return void client.end();
      if (session?.client === client) {
        send(session, type, whole);
        return;
      }
      kept.push(whole);
      if (asked) return;
      asked = true;
      const free = idle.shift();
      if (free) take(free);
      else waiting.push(take);
    }

    function take(given: Session): void {
      asked = false;
      session = given;
      given.client = client;
      const all = kept;
      kept = [];
      for (const each of all) send(given, String.fromCharCode(each[0]!), each);
    }
  });

  function send(session: Session, type: string, whole: Buffer): void {
    // Each of these is answered by "ready for query".
    if (type === "Q" || type === "S") session.open++;
    session.socket.write(whole);
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  atEnd(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const pooled = new URL(url);
  pooled.port = String((server.address() as AddressInfo).port);
  return pooled.href;
}

/** Calls with each whole message: a letter, its length, what it holds. */
function framed(each: (type: string, whole: Buffer) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 5 && rest.length >= 1 + rest.readInt32BE(1)) {
      const whole = rest.subarray(0, 1 + rest.readInt32BE(1));
      rest = rest.subarray(whole.length);
      each(String.fromCharCode(whole[0]!), whole);
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
