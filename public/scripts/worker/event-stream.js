/**
 * Parses an event stream, and yields its comments and `retry:` as events too:
 * https://html.spec.whatwg.org/multipage/server-sent-events.html
 *
 * @param {Response} response
 * @returns {AsyncGenerator<{ event: string, data: string }>}
 */
export async function* readEvents(response) {
  if (!response.body) return;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  let event = "";
  let data = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + value).split(/\r?\n/);
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const [, field, text = ""] = /^(\w*): ?(.*)/.exec(line) ?? [];
      if (field === "event") event = text;
      else if (field === "data") data += text;
      else if (field === "retry") yield { event: "retry", data: text };
      else if (field === "") yield { event: "comment", data: text };
      else if (line === "") {
        if (data) yield { event: event || "message", data };
        event = data = "";
      }
    }
  }
}
