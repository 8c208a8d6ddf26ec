/** The text of server-sent events: https://html.spec.whatwg.org/multipage/server-sent-events.html */

/** A frame has no `event:` field, which would cost bytes in each. */
export function frame(html: string): Uint8Array {
  return Buffer.from(`data:${oneLine(html)}\n\n`);
}

export function event(name: string, data: string): Uint8Array {
  return Buffer.from(`event:${name}\ndata:${oneLine(data)}\n\n`);
}

/** @param ms time after which the browser reconnects when the stream has ended */
export function retry(ms: number): Uint8Array {
  return Buffer.from(`retry:${ms}\n\n`);
}

/** A comment, which keeps proxies from closing an idle connection. */
export const ping: Uint8Array = Buffer.from(":\n\n");

/** A line break would end the data. In HTML a space is equivalent. */
function oneLine(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, " ").trim();
}
