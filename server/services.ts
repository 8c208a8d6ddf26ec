/** What routes are made with. Types only: `serve.ts` puts the parts together. */
import type { ServerResponse } from "node:http";
import type { Accounts, Person } from "./accounts/accounts.ts";
import type { Backend } from "./backend/backend.ts";
import type { Catalog } from "./catalog.ts";
import type { Config } from "./config.ts";
import type { Hub } from "./live/hub.ts";
import type { Log } from "./log.ts";
import type { Renderer } from "./render.ts";
import type { Previews } from "./storage/previews.ts";
import type { Storage } from "./storage/storage.ts";

export interface Services {
  config: Config;
  log: Log;
  backend: Backend;
  catalog: Catalog;
  accounts: Accounts;
  storage: Storage;
  previews: Previews;
  render: Renderer;
  hub: Hub;
}

/** What a request carries once `accounts` has looked at it. */
export interface Env {
  /** What the server of Node hands in; absent where an app is called without one. */
  Bindings: { outgoing?: ServerResponse };
  Variables: {
    /** Set behind `requirePerson`; never undefined there. */
    person: Person;
  };
}
