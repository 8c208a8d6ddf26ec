/**
 * Passkeys (WebAuthn), in the plug-in of better-auth. A passkey signs in without the password and
 * without a second factor, because the device checks the person, by a PIN or a fingerprint: it is
 * something that they have and something that they know or are.
 */
import { type Auth, type AuthParts, challengeCookie } from "./auth.ts";
import { hasErrorCode, rethrowCause } from "./auth-error.ts";
import { type ClientRequest, passOn } from "./client-request.ts";
import type { createPasskeyAuth } from "./passkey-auth.ts";
import type { User } from "./users.ts";

export interface Passkey {
  id: string;
  name: string;
  createdAt: Date;
}

/** Options for the browser, as `PublicKeyCredential.parse…OptionsFromJSON` takes them. */
export interface PasskeyChallenge {
  options: object;
  /** `Set-Cookie` values, which tie the answer to this browser. */
  cookies: string[];
}

/** The result of `PublicKeyCredential.toJSON()`. Its parts are checked with the signature. */
export interface PasskeyResponse {
  id: string;
  rawId: string;
  type: "public-key";
  response: Record<string, unknown>;
}

export interface Passkeys {
  /** Oldest first. */
  list(request: ClientRequest): Promise<Passkey[]>;
  beginRegistration(request: ClientRequest): Promise<PasskeyChallenge>;
  /**
   * @returns false if it is no answer to the challenge
   */
  register(request: ClientRequest, name: string, response: PasskeyResponse): Promise<boolean>;
  /** @returns the name of the removed passkey, or undefined if the person has no such passkey */
  remove(request: ClientRequest, id: string): Promise<string | undefined>;
  beginSignIn(request: ClientRequest): Promise<PasskeyChallenge>;
  /** @returns null if it is no answer to the challenge, or the passkey is unknown */
  signIn(
    request: ClientRequest,
    response: PasskeyResponse,
  ): Promise<{ user: User; cookies: string[] } | null>;
}

export const maxPasskeysPerUser = 20;

export function createPasskeys(auth: Auth, parts: AuthParts): Passkeys {
  let loading: Promise<ReturnType<typeof createPasskeyAuth>["api"]> | undefined;
  /** Loaded with the first use, so that a web process starts sooner. */
  const passkeyApi = () => {
    loading ??= import("./passkey-auth.ts").then((loaded) => loaded.createPasskeyAuth(parts).api);
    return loading;
  };
  const withSession = (request: ClientRequest) =>
    passOn(auth, request, ["session_token", challengeCookie]);

  async function list(request: ClientRequest): Promise<Passkey[]> {
    const api = await passkeyApi();
    const found = await api.listPasskeys({ headers: await withSession(request) });
    return found
      .map(({ id, name, createdAt }) => ({ id, name: name ?? "", createdAt: new Date(createdAt) }))
      .toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
  }

  return {
    list,
    async beginRegistration(request) {
      const api = await passkeyApi();
      const { headers, response } = await api.generatePasskeyRegistrationOptions({
        headers: await withSession(request),
        query: {},
        returnHeaders: true,
      });
      return { options: response, cookies: headers.getSetCookie() };
    },
    async register(request, name, response) {
      const headers = await withSession(request);
      const api = await passkeyApi();
      return api
        .verifyPasskeyRegistration({ body: { response, name }, headers })
        .then(() => true, refusal(false));
    },
    async remove(request, id) {
      const passkey = (await list(request)).find((each) => each.id === id);
      if (!passkey) return undefined;
      const api = await passkeyApi();
      await api.deletePasskey({ body: { id }, headers: await withSession(request) });
      return passkey.name;
    },
    async beginSignIn(request) {
      const api = await passkeyApi();
      const { headers, response } = await api.generatePasskeyAuthenticationOptions({
        headers: await passOn(auth, request, []),
        returnHeaders: true,
      });
      return {
        options: { ...response, userVerification: "required" },
        cookies: headers.getSetCookie(),
      };
    },
    async signIn(request, response) {
      const api = await passkeyApi();
      const signedIn = await api
        .verifyPasskeyAuthentication({
          body: { response: response as never },
          headers: await passOn(auth, request, [challengeCookie]),
          returnHeaders: true,
        })
        .catch(refusal(null));
      if (!signedIn) return null;
      const user = signedIn.response.user as User;
      return { user, cookies: signedIn.headers.getSetCookie() };
    },
  };
}

/** For a rejection: what better-auth refuses becomes the value, and other errors are thrown. */
function refusal<T>(value: T): (error: unknown) => T {
  return (error) => {
    const { statusCode = 500 } = error as { statusCode?: number };
    // Registering answers 500 to a response that it cannot read.
    const isRefused = statusCode < 500 || hasErrorCode(error, ["FAILED_TO_VERIFY_REGISTRATION"]);
    return isRefused ? value : rethrowCause(error);
  };
}
