/** An HTTP client with the cookies of a signed-in person, for one or several web processes. */
export interface PageClient {
  cookie: string;
  /** Does not follow redirects. @param to a path or a URL */
  get(to: string, headers?: Record<string, string>): Promise<Response>;
  post(to: string, fields: Record<string, string>): Promise<Response>;
}

/** Signs in, or signs up a person without an account. */
export async function signInOrUp(
  url: string,
  person: { email: string; password: string },
): Promise<PageClient> {
  const cookie =
    (await submitForm(url, "sign-in", person)) ??
    (await submitForm(url, "sign-up", { ...person, name: "X" }));
  if (!cookie) throw new Error(`${person.email} can neither sign in nor sign up`);
  return {
    cookie,
    get: (to, headers) =>
      fetch(new URL(to, url), { redirect: "manual", headers: { cookie, ...headers } }),
    post(to, fields) {
      const body = new URLSearchParams(fields);
      const init = { method: "POST", redirect: "manual", headers: { cookie }, body } as const;
      return fetch(new URL(to, url), init);
    },
  };
}

async function submitForm(url: string, form: string, fields: object): Promise<string | undefined> {
  const page = await fetch(`${url}/${form}`);
  const token = /name="token" value="([^"]+)"/.exec(await page.text())?.[1] ?? "";
  const answer = await fetch(`${url}/${form}`, {
    method: "POST",
    redirect: "manual",
    headers: { cookie: cookiesOf(page) },
    body: new URLSearchParams({ token, ...fields }),
  });
  return answer.status === 303 ? cookiesOf(answer) : undefined;
}

function cookiesOf(answer: Response): string {
  return answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(";")[0]!)
    .join("; ");
}
