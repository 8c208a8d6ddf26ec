/** The pages of accounts on a real database, and a browser that keeps cookies to visit them with. */
import { join } from "node:path";
import { Hono } from "hono";
import { type Accounts, createAccounts } from "../../server/accounts/accounts.ts";
import type { Backend } from "../../server/backend/backend.ts";
import { createJobReader } from "../../server/engine/job-reader.ts";
import { createLog } from "../../server/log.ts";
import { createRenderer } from "../../server/render.ts";
import { protectForms, requirePerson } from "../../server/routes/page/guard.ts";
import type { TrayServices } from "../../server/routes/page/tray.ts";
import { sessionRoutes } from "../../server/routes/sessions.ts";
import { settingRoutes } from "../../server/routes/settings.ts";
import { signUpRoutes } from "../../server/routes/sign-ups.ts";
import type { Env } from "../../server/services.ts";

export const config = {
  publicUrl: null as string | null,
  port: 3000,
  proxies: 0,
  secret: "a secret of more than 32 characters",
  production: true,
};
export const log = createLog("silent", "web");

const viewsDir = join(import.meta.dirname, "../../views");

export interface TestApp {
  app: Hono<Env>;
  services: TrayServices;
  accounts: Accounts;
}

export function testApp(backend: Backend, changes: Partial<typeof config> = {}): TestApp {
  const set = { ...config, ...changes };
  const accounts = createAccounts({ backend, config: set, log });
  const render = createRenderer({ viewsDir, strict: true, cache: false });
  const services = {
    accounts,
    render,
    config: set as unknown as TrayServices["config"],
    ...{ backend, catalog: new Map(), jobs: createJobReader({ backend }) },
  };
  const app = new Hono<Env>();
  app.route("/", sessionRoutes(services));
  app.route("/", signUpRoutes(services));
  app.use("/settings/*", requirePerson(services));
  app.post("/settings/*", protectForms(services));
  app.route("/", settingRoutes(services));
  return { app, services, accounts };
}

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

  /** Fills in and sends the form of a page, with the token that the page holds. */
  async submit(
    page: string,
    action: string,
    fields: Record<string, string> = {},
    headers: Record<string, string> = {},
  ): Promise<Response> {
    return this.post(action, { token: tokenOf(await this.text(page)), ...fields }, headers);
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
    for (const cookie of response.headers.getSetCookie()) this.#keep(cookie);
    return response;
  }

  #keep(cookie: string): void {
    const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
    if (/max-age=0\b/i.test(cookie)) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

export function tokenOf(page: string): string {
  const [, token] = /name="token" value="([^"]+)"/.exec(page) ?? [];
  if (!token) throw new Error("The page holds no form token");
  return token;
}

export const ada = {
  name: "Ada Lovelace",
  email: "ada@example.com",
  password: "analytical engine",
};

/** A browser in which a new user has signed up. */
export async function signedUp(app: Hono<Env>, given = ada): Promise<Browser> {
  const browser = new Browser(app);
  const answer = await browser.submit("/sign-up", "/sign-up", given);
  if (answer.status !== 303) throw new Error(`Signing up was answered with ${answer.status}`);
  return browser;
}
