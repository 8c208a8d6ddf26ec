/** Requests pages until the process has compiled its code and allocated its memory. */
export async function warmUp(url: string, cookie: string): Promise<void> {
  for (let round = 0; round < 100; round++) {
    const paths = ["/jobs", "/contacts", "/jobs", "/contacts", "/jobs", "/contacts"];
    const pages = paths.map((path) => fetch(url + path, { headers: { cookie } }));
    for (const page of await Promise.all(pages)) await page.text();
  }
}
