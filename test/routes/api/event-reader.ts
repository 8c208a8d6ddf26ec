/** Reads an event stream the way an EventSource does: https://html.spec.whatwg.org/#event-stream-interpretation */
import type { EventJson } from "../../../server/routes/api/event-json.ts";

export interface Message {
  /** An EventSource passes only the type "message" to `onmessage`. */
  type: string;
  lastEventId: string;
  data: EventJson;
}

/** Yields the messages until the stream ends, without comments and `retry`. */
export async function* messagesOf(response: Response): AsyncGenerator<Message> {
  let rest = "";
  for await (const text of response.body!.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + text).split("\n\n");
    rest = blocks.pop()!;
    for (const block of blocks) {
      const message = messageOf(block);
      if (message) yield message;
    }
  }
  if (rest !== "") throw new Error(`The stream ended in the middle of ${JSON.stringify(rest)}`);
}

function messageOf(block: string): Message | undefined {
  const fields = new Map<string, string>();
  for (const line of block.split("\n")) {
    const [, name = "", value = ""] = /^([^:]*): ?(.*)$/.exec(line) ?? [];
    if (name) fields.set(name, value);
  }
  const data = fields.get("data");
  if (data === undefined) return undefined;
  const type = fields.get("event") ?? "message";
  return { type, lastEventId: fields.get("id") ?? "", data: JSON.parse(data) };
}
