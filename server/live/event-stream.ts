/** Chunks of a `text/event-stream` (https://html.spec.whatwg.org/multipage/server-sent-events.html). */

/** A frame goes out as a plain message: the name of an event would cost bytes each time. */
export function frame(html: string): Uint8Array {
  return Buffer.from(`data:${oneLine(html)}\n\n`);
}

export function event(name: string, data: string): Uint8Array {
  return Buffer.from(`event:${name}\ndata:${oneLine(data)}\n\n`);
}

/** @param ms after which the browser comes back when the stream ends */
export function retry(ms: number): Uint8Array {
  return Buffer.from(`retry:${ms}\n\n`);
}

export const ping = Buffer.from(":\n\n");

/** A line break would end the data; between tags of HTML a space says the same. */
function oneLine(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, " ").trim();
}
