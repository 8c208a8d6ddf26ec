/** The account that the first start on a developer's machine creates, with examples of jobs. */
import type { Config } from "../config.ts";
import { isLoopback } from "./loopback.ts";

export const demoAccount = {
  name: "Demo",
  email: "demo@headway.example",
  password: "headway-demo",
};

export type DemoSettings = Pick<Config, "production" | "host" | "publicUrl">;

/** Its password is published, so it exists only where nobody else can reach the application. */
export function hasDemoAccount({ production, host, publicUrl }: DemoSettings): boolean {
  if (production || !isLoopback(host)) return false;
  return publicUrl === null || isLoopback(new URL(publicUrl).hostname);
}

/** Whether nobody may use the account of this email here. */
export function isLockedDemo(email: string, config: DemoSettings): boolean {
  return email.trim().toLowerCase() === demoAccount.email && !hasDemoAccount(config);
}
