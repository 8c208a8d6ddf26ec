/** Checks and changes the password of a signed-in person. */
import type { Auth } from "./auth.ts";
import { hasErrorCode, rethrowCause } from "./auth-error.ts";
import { type ClientRequest, passOn } from "./client-request.ts";

const wrongPasswordCodes = ["INVALID_PASSWORD", "PASSWORD_TOO_LONG"];

/** Whether it is the password of the person whose session the request has. */
export async function isPassword(
  auth: Auth,
  request: ClientRequest,
  password: string,
): Promise<boolean> {
  const headers = await passOn(auth, request, ["session_token"]);
  try {
    await auth.api.verifyPassword({ body: { password }, headers });
    return true;
  } catch (error) {
    return hasErrorCode(error, wrongPasswordCodes) ? false : rethrowCause(error);
  }
}

/**
 * Changes the password and ends all sessions. The browser that sent the request gets a new one, so
 * that nobody keeps a copy of its old cookie.
 * @param next satisfies `findPasswordProblem`
 * @returns `Set-Cookie` values of the new session, or null if the current password is wrong
 */
export async function changePassword(
  auth: Auth,
  request: ClientRequest,
  { current, next }: { current: string; next: string },
): Promise<{ cookies: string[] } | null> {
  try {
    const { headers } = await auth.api.changePassword({
      body: { currentPassword: current, newPassword: next, revokeOtherSessions: true },
      headers: await passOn(auth, request, ["session_token"]),
      returnHeaders: true,
    });
    return { cookies: headers.getSetCookie() };
  } catch (error) {
    return hasErrorCode(error, wrongPasswordCodes) ? null : rethrowCause(error);
  }
}
