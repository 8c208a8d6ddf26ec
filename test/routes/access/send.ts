/** Sends the request of a rule as one of the people, by their session or token, or as nobody. */
import type { Ask } from "./rules.ts";
import type { Actor, World } from "./world.ts";

/** How the sender authenticates. "forged": with a cookie and a token that nobody has. */
export const credentials = ["session", "token", "nothing", "forged"] as const;
export type Credential = (typeof credentials)[number];

export interface Answer {
  status: number;
  location: string;
  /** The headers and the body. */
  text: string;
}

const forged = {
  cookie: "headway.session_token=nobody.c2lnbmF0dXJl",
  authorization: "Bearer hw_nobody-has-this-token-because-it-was-made-up",
};

/** @returns the headers with which the sender authenticates */
export function headersOf(
  credential: Credential,
  { cookie, token }: Pick<Actor, "cookie" | "token">,
): Record<string, string> {
  if (credential === "session") return { cookie };
  if (credential === "token") return { authorization: `Bearer ${token}` };
  return credential === "forged" ? forged : {};
}

let addresses = 0;

/** One network may send only so many unknown tokens. */
function nextAddress(): string {
  addresses++;
  return `198.51.${addresses >> 8}.${addresses & 255}`;
}

/** @param method of HTTP */
export async function send(
  { site }: World,
  sender: Actor,
  credential: Credential,
  method: string,
  ask: Ask,
): Promise<Answer> {
  const session = credential === "session" ? ask.session : undefined;
  const headers = new Headers({
    host: "localhost",
    // As a page of ours sends it.
    "sec-fetch-site": "same-origin",
    ...headersOf(credential, { ...sender, ...session }),
    ...(ask.json !== undefined && { "content-type": "application/json" }),
    ...ask.headers,
  });
  const body = bodyOf(ask, session?.csrf ?? sender.csrf);
  const socket = { remoteAddress: nextAddress() };
  const environment = credential === "forged" ? { incoming: { socket } } : {};
  const answer = await site.app.request(ask.path, { method, headers, body }, environment);
  const content = Buffer.from(await answer.arrayBuffer()).toString("latin1");
  return {
    status: answer.status,
    location: answer.headers.get("location") ?? "",
    text: `${JSON.stringify([...answer.headers])}\n${content}`,
  };
}

function bodyOf({ form, json, file, body }: Ask, csrf: string) {
  if (json !== undefined) return JSON.stringify(json);
  if (!form) return body;
  const fields = { token: csrf, ...form };
  if (file === undefined) return new URLSearchParams(fields);
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.append(name, value);
  data.append("file", new File([file], "words.csv", { type: "text/csv" }));
  return data;
}
