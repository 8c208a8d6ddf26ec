import type { Backend } from "../backend/backend.ts";
import { type Auth, addressHeader } from "./auth.ts";
import { hasErrorCode, rethrowCause } from "./auth-error.ts";
import { deleteUnfinishedSignUp, type User } from "./users.ts";

/** The list of sessions shows where each session was started. */
export interface ClientInfo {
  /** Empty if unknown. */
  address: string;
  userAgent: string;
}

export interface SignedIn {
  user: User;
  /** `Set-Cookie` values for the response. */
  cookies: string[];
}

const wrongCredentialCodes = ["INVALID_EMAIL_OR_PASSWORD", "INVALID_EMAIL", "PASSWORD_TOO_LONG"];

/** @returns null if the email or the password is wrong */
export async function signIn(
  auth: Auth,
  { email, password }: { email: string; password: string },
  client: ClientInfo,
): Promise<SignedIn | null> {
  try {
    const { headers, response } = await auth.api.signInEmail({
      body: { email, password },
      headers: clientHeaders(client),
      returnHeaders: true,
    });
    return { user: response.user, cookies: headers.getSetCookie() };
  } catch (error) {
    return hasErrorCode(error, wrongCredentialCodes) ? null : rethrowCause(error);
  }
}

/**
 * Creates the user and signs them in. If the user exists, signs in with the same password: the form
 * may have been sent twice.
 * @returns null if the email is taken
 */
export async function signUp(
  { auth, backend }: { auth: Auth; backend: Pick<Backend, "db"> },
  given: { name: string; email: string; password: string },
  client: ClientInfo,
): Promise<SignedIn | null> {
  const created = await createUser(auth, given, client);
  if (created) return created;
  if (await deleteUnfinishedSignUp(backend, given.email)) return createUser(auth, given, client);
  return signIn(auth, given, client);
}

/** The slower of two concurrent sign-ups gets the second code. */
const emailTakenCodes = ["USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL", "FAILED_TO_CREATE_USER"];

async function createUser(
  auth: Auth,
  body: { name: string; email: string; password: string },
  client: ClientInfo,
): Promise<SignedIn | null> {
  try {
    const { headers, response } = await auth.api.signUpEmail({
      body,
      headers: clientHeaders(client),
      returnHeaders: true,
    });
    return { user: response.user, cookies: headers.getSetCookie() };
  } catch (error) {
    return hasErrorCode(error, emailTakenCodes) ? null : rethrowCause(error);
  }
}

function clientHeaders({ address, userAgent }: ClientInfo): Headers {
  return new Headers({ [addressHeader]: address, "user-agent": userAgent });
}
