import type { Backend } from "../backend/backend.ts";
import type { Auth } from "./auth.ts";
import { hasErrorCode, rethrowCause } from "./auth-error.ts";
import { type ClientInfo, clientHeaders } from "./client-request.ts";
import { deleteUnfinishedSignUp, findUser, type User } from "./users.ts";

export interface SignedIn {
  user: User;
  /** Whether this sign-up created the user. */
  isNew: boolean;
  /** Whether the sign-in still needs a code, which the cookies allow to enter. */
  needsCode: boolean;
  /** `Set-Cookie` values for the response. */
  cookies: string[];
}

interface SignInParts {
  auth: Auth;
  backend: Pick<Backend, "db">;
}

const wrongCredentialCodes = ["INVALID_EMAIL_OR_PASSWORD", "INVALID_EMAIL", "PASSWORD_TOO_LONG"];

/** @returns null if the email or the password is wrong */
export async function signIn(
  { auth, backend }: SignInParts,
  { email, password }: { email: string; password: string },
  client: ClientInfo,
): Promise<SignedIn | null> {
  try {
    const { headers, response } = await auth.api.signInEmail({
      body: { email, password },
      headers: clientHeaders(client),
      returnHeaders: true,
    });
    const cookies = headers.getSetCookie();
    // The plug-in for two-factor authentication replaces the response by one without the user.
    if (!("twoFactorRedirect" in response))
      return { user: response.user, isNew: false, needsCode: false, cookies };
    const user = await findUser(backend, { email: email.toLowerCase() });
    return user ? { user, isNew: false, needsCode: true, cookies } : null;
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
  { auth, backend }: SignInParts,
  given: { name: string; email: string; password: string },
  client: ClientInfo,
): Promise<SignedIn | null> {
  const created = await createUser(auth, given, client);
  if (created) return created;
  if (await deleteUnfinishedSignUp(backend, given.email)) return createUser(auth, given, client);
  return signIn({ auth, backend }, given, client);
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
    const cookies = headers.getSetCookie();
    return { user: response.user, isNew: true, needsCode: false, cookies };
  } catch (error) {
    return hasErrorCode(error, emailTakenCodes) ? null : rethrowCause(error);
  }
}
