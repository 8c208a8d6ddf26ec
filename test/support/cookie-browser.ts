/** A browser that stores cookies and requests pages of an application without a network. */
import type { Hono } from "hono";
import { createLog } from "../../server/log.ts";
import type { Env } from "../../server/services.ts";
import { secret } from "./web-app.ts";

/** Settings of `createAccounts` for tests that need no application. */
export const config = {
  ...{ publicUrl: null as string | null, port: 3000, secret },
  ...{ production: false, host: "127.0.0.1" },
};
export const log = createLog("silent", "web");

export class Browser {
  readonly cookies = new Map<string, string>();
  readonly #app: Hono<Env>;
  readonly #address: string;

  constructor(app: Hono<Env>, address = "203.0.113.7") {
    this.#app = app;
    this.#address = address;
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return this.send(path, { headers });
  }

  async text(path: string): Promise<string> {
    return (await this.get(path)).text();
  }

  /** Loads a page, then sends a form with the page's CSRF token. */
  async submit(
    page: string,
    action: string,
    fields: Record<string, string> = {},
    headers: Record<string, string> = {},
  ): Promise<Response> {
    return this.post(action, { token: csrfTokenOf(await this.text(page)), ...fields }, headers);
  }

  post(
    path: string,
    fields: Record<string, string>,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    return this.send(path, { method: "POST", body: new URLSearchParams(fields), headers });
  }

  async send(path: string, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set("host", "localhost");
    headers.set("cookie", [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; "));
    const socket = { remoteAddress: this.#address };
    const response = await this.#app.request(path, { ...init, headers }, { incoming: { socket } });
    for (const cookie of response.headers.getSetCookie()) this.#store(cookie);
    return response;
  }

  #store(cookie: string): void {
    const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
    if (/max-age=0\b/i.test(cookie)) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

export function csrfTokenOf(page: string): string {
  const [, token] = /name="token" value="([^"]+)"/.exec(page) ?? [];
  if (!token) throw new Error("The page has no CSRF token");
  return token;
}

export const ada = {
  name: "Ada Lovelace",
  email: "ada@example.com",
  password: "analytical engine",
};

/** Signs up a new user. @returns their browser */
export async function signedUp(app: Hono<Env>, account = ada): Promise<Browser> {
  const browser = new Browser(app);
  const answer = await browser.submit("/sign-up", "/sign-up", account);
  if (answer.status !== 303) throw new Error(`Sign-up answered ${answer.status}`);
  return browser;
}
