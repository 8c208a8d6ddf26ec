/**
 * A browser like lynx and w3m: it follows redirects, stores cookies and submits forms. It sends no
 * Origin, Referer or Sec-Fetch-Site header, and runs no script.
 */
import { request } from "node:http";

export interface TextPage {
  status: number;
  path: string;
  html: string;
  /** Submits the form with this action, after filling in fields by name. */
  submit(action: string | RegExp, fields?: Record<string, string | File>): Promise<TextPage>;
}

export interface TextBrowser {
  get(path: string): Promise<TextPage>;
  /** Goes to another port with the same cookies. */
  at(port: number): TextBrowser;
}

interface Body {
  type: string;
  bytes: Uint8Array;
}

export function textBrowser(port: number, cookies = new Map<string, string>()): TextBrowser {
  async function go(path: string, body?: Body): Promise<TextPage> {
    const answer = await fetchPage(port, path, cookies, body);
    if (answer.location) return go(answer.location);
    return {
      ...answer,
      path,
      submit(action, fields = {}) {
        const form = formsIn(answer.html).find((each) => {
          return typeof action === "string" ? each.action === action : action.test(each.action);
        });
        if (!form) throw new Error(`No form for ${action} in ${answer.html}`);
        return send({ ...form, fields: { ...form.fields, ...fields } });
      },
    };
  }

  async function send({ method, action, multipart, fields }: Form): Promise<TextPage> {
    if (method === "get") return go(`${action}?${new URLSearchParams(fields as never)}`);
    const data = multipart ? new FormData() : new URLSearchParams();
    for (const [name, value] of Object.entries(fields)) data.append(name, value as string);
    // A Response encodes the form, because node:http does not.
    const encoded = new Response(data);
    const type = encoded.headers.get("content-type")!;
    return go(action, { type, bytes: await encoded.bytes() });
  }

  return { get: (path) => go(path), at: (other) => textBrowser(other, cookies) };
}

function fetchPage(port: number, path: string, cookies: Map<string, string>, body?: Body) {
  const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  const headers: Record<string, string> = { "User-Agent": "Lynx/2.9.0", Accept: "text/html" };
  if (cookie) headers.Cookie = cookie;
  if (body) headers["Content-Type"] = body.type;
  const options = { host: "127.0.0.1", port, path, headers, method: body ? "POST" : "GET" };
  type Answer = { status: number; location: string | undefined; html: string };
  return new Promise<Answer>((resolve, reject) => {
    const sent = request(options, async (answer) => {
      for (const line of answer.headers["set-cookie"] ?? []) storeCookie(cookies, line);
      const html = Buffer.concat(await answer.toArray()).toString();
      resolve({ status: answer.statusCode!, location: answer.headers.location, html });
    });
    sent.on("error", reject).end(body?.bytes);
  });
}

function storeCookie(cookies: Map<string, string>, line: string): void {
  const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
  if (/max-age=0\b/i.test(line)) cookies.delete(name);
  else cookies.set(name, value);
}

interface Form {
  method: string;
  action: string;
  multipart: boolean;
  fields: Record<string, string | File>;
}

function formsIn(html: string): Form[] {
  return [...html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)].map(
    ([, tag = "", inside = ""]) => ({
      method: attribute(tag, "method") ?? "get",
      action: attribute(tag, "action")!,
      multipart: tag.includes("multipart/form-data"),
      fields: Object.fromEntries([...inputsIn(inside), ...selectsIn(inside)]),
    }),
  );
}

function inputsIn(html: string): [string, string][] {
  return [...html.matchAll(/<input\b[^>]*>/g)].flatMap(([tag]) => {
    const name = attribute(tag, "name");
    const unchecked = /type="(checkbox|radio)"/.test(tag) && !/\schecked\b/.test(tag);
    return name === undefined || unchecked ? [] : [[name, attribute(tag, "value") ?? ""]];
  });
}

function selectsIn(html: string): [string, string][] {
  return [...html.matchAll(/<select\b([^>]*)>([\s\S]*?)<\/select>/g)].map(
    ([, tag = "", inside = ""]) => {
      const options = [...inside.matchAll(/<option\b[^>]*>/g)].map(([option]) => option);
      const chosen = options.find((option) => /\sselected\b/.test(option)) ?? options[0] ?? "";
      return [attribute(tag, "name")!, attribute(chosen, "value") ?? ""];
    },
  );
}

function attribute(tag: string, name: string): string | undefined {
  const value = new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1];
  return value?.replaceAll("&quot;", '"').replaceAll("&#39;", "'").replaceAll("&amp;", "&");
}
