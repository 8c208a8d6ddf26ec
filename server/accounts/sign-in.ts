import type { Backend } from "../backend/backend.ts";
import { type Auth, addressHeader } from "./auth.ts";
import { hasErrorCode, rethrowCause } from "./auth-error.ts";
import { deleteUnfinishedSignUp, type User } from "./users.ts";

/** What is shown of a session in the list of them. */
export interface ClientInfo {
  /** Empty where it is not known. */
  address: string;
  userAgent: string;
}

export interface SignedIn {
  user: User;
  /** `Set-Cookie` values for the answer. */
  cookies: string[];
}

const wrongCredentialCodes = ["INVALID_EMAIL_OR_PASSWORD", "INVALID_EMAIL", "PASSWORD_TOO_LONG"];

/** @returns null where the email or the password is wrong */
export async function signIn(
  auth: Auth,
  { email, password }: { email: string; password: string },
  visitor: ClientInfo,
): Promise<SignedIn | null> {
  try {
    const { headers, response } = await auth.api.signInEmail({
      body: { email, password },
      headers: headersOf(visitor),
      returnHeaders: true,
    });
    return { user: response.user, cookies: headers.getSetCookie() };
  } catch (error) {
    return hasErrorCode(error, wrongCredentialCodes) ? null : rethrowCause(error);
  }
}

/**
 * Who sends the form twice, or has signed up before, is signed in where the password is right.
 * @returns null where the email is taken
 */
export async function signUp(
  { auth, backend }: { auth: Auth; backend: Pick<Backend, "db"> },
  given: { name: string; email: string; password: string },
  visitor: ClientInfo,
): Promise<SignedIn | null> {
  const made = await createUser(auth, given, visitor);
  if (made) return made;
  if (await deleteUnfinishedSignUp(backend, given.email)) return createUser(auth, given, visitor);
  return signIn(auth, given, visitor);
}

/** The second code is also what the loser of two sign-ups at once gets. */
const emailTakenCodes = ["USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL", "FAILED_TO_CREATE_USER"];

async function createUser(
  auth: Auth,
  body: { name: string; email: string; password: string },
  visitor: ClientInfo,
): Promise<SignedIn | null> {
  try {
    const { headers, response } = await auth.api.signUpEmail({
      body,
      headers: headersOf(visitor),
      returnHeaders: true,
    });
    return { user: response.user, cookies: headers.getSetCookie() };
  } catch (error) {
    return hasErrorCode(error, emailTakenCodes) ? null : rethrowCause(error);
  }
}

function headersOf({ address, userAgent }: ClientInfo): Headers {
  return new Headers({ [addressHeader]: address, "user-agent": userAgent });
}
