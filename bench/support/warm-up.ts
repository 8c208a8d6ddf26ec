/** A process that has served nobody yet has still to compile and to take the room that serving needs. */
export async function warmUp(url: string, cookie: string): Promise<void> {
  for (let round = 0; round < 100; round++) {
    const paths = ["/jobs", "/contacts", "/jobs", "/contacts", "/jobs", "/contacts"];
    const pages = paths.map((path) => fetch(url + path, { headers: { cookie } }));
    for (const page of await Promise.all(pages)) await page.text();
  }
}
