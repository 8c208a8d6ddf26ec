/** Converts a Cookie header to cookies for Playwright. */
export function cookiesFor(url: string, header: string) {
  return header.split("; ").map((cookie) => {
    const at = cookie.indexOf("=");
    return { name: cookie.slice(0, at), value: cookie.slice(at + 1), url };
  });
}
