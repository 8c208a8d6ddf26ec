import type { Backend } from "../backend/backend.ts";
import { type Auth, addressHeader } from "./auth.ts";
import { isRefusal, unwrapped } from "./auth-error.ts";
import { removeUnfinished, type User } from "./users.ts";

/** What is shown of a session in the list of them. */
export interface Visitor {
  /** Empty where it is not known. */
  address: string;
  userAgent: string;
}

export interface SignedIn {
  user: User;
  /** `Set-Cookie` values for the answer. */
  cookies: string[];
}

const wrong = ["INVALID_EMAIL_OR_PASSWORD", "INVALID_EMAIL", "PASSWORD_TOO_LONG"];

/** @returns null where the email or the password is wrong */
export async function signIn(
  auth: Auth,
  { email, password }: { email: string; password: string },
  visitor: Visitor,
): Promise<SignedIn | null> {
  try {
    const { headers, response } = await auth.api.signInEmail({
      body: { email, password },
      headers: headersOf(visitor),
      returnHeaders: true,
    });
    return { user: response.user, cookies: headers.getSetCookie() };
  } catch (error) {
    return isRefusal(error, wrong) ? null : unwrapped(error);
  }
}

/**
 * Who sends the form twice, or has signed up before, is signed in where the password is right.
 * @returns null where the email is taken
 */
export async function signUp(
  { auth, backend }: { auth: Auth; backend: Pick<Backend, "db"> },
  given: { name: string; email: string; password: string },
  visitor: Visitor,
): Promise<SignedIn | null> {
  const made = await create(auth, given, visitor);
  if (made) return made;
  if (await removeUnfinished(backend, given.email)) return create(auth, given, visitor);
  return signIn(auth, given, visitor);
}

/** The second code is also what the loser of two sign-ups at once gets. */
const taken = ["USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL", "FAILED_TO_CREATE_USER"];

async function create(
  auth: Auth,
  body: { name: string; email: string; password: string },
  visitor: Visitor,
): Promise<SignedIn | null> {
  try {
    const { headers, response } = await auth.api.signUpEmail({
      body,
      headers: headersOf(visitor),
      returnHeaders: true,
    });
    return { user: response.user, cookies: headers.getSetCookie() };
  } catch (error) {
    return isRefusal(error, taken) ? null : unwrapped(error);
  }
}

function headersOf({ address, userAgent }: Visitor): Headers {
  return new Headers({ [addressHeader]: address, "user-agent": userAgent });
}
