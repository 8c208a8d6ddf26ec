import { demoAccount, hasDemoAccount } from "../../accounts/demo-account.ts";
import { ensureMembership } from "../../accounts/members.ts";
import type { Person } from "../../accounts/person.ts";
import { findUser, listUsers, type User } from "../../accounts/users.ts";
import type { Backend } from "../../backend/backend.ts";
import type { Config } from "../../config.ts";
import { WrongOptions } from "./kind-options.ts";

export type Actor = Pick<Person, "userId" | "accountId" | "role">;

/**
 * Finds the person with whose rights the command acts: the given one, else the only one, else the demo
 * account of a developer's machine.
 * @throws WrongOptions if there is none, or it is not clear who
 */
export async function findActor(
  backend: Backend,
  config: Config,
  email: string | undefined,
): Promise<Actor> {
  const user = email === undefined ? await defaultUser(backend, config) : await find(email);
  return { userId: user.id, ...(await ensureMembership(backend, user)) };

  async function find(given: string): Promise<User> {
    const found = await findUser(backend, { email: given.trim().toLowerCase() });
    if (!found) throw new WrongOptions(`No user has the email ${given}`);
    return found;
  }
}

async function defaultUser(backend: Backend, config: Config): Promise<User> {
  const [only, ...others] = await listUsers(backend, 2);
  if (!only) throw new WrongOptions("Nobody has an account yet. Start Headway first: npm start");
  if (others.length === 0) return only;
  const demo = hasDemoAccount(config) && (await findUser(backend, { email: demoAccount.email }));
  if (!demo) throw new WrongOptions("Several people have accounts. Say who starts it: --as EMAIL");
  return demo;
}
