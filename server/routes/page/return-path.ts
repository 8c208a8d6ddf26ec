/**
 * Where to go after signing in: only paths of ours, so that nobody is led elsewhere by a link.
 * What browsers make of a path is decided by parsing it as they do: `//host`, `/\host` and a tab
 * between the slashes all name another site, and `/.//host` becomes one when it is tidied.
 */
export function localPath(given: string | undefined, otherwise = "/jobs"): string {
  const here = "http://here.invalid";
  if (!given?.startsWith("/") || !URL.canParse(given, here)) return otherwise;
  const url = new URL(given, here);
  if (url.origin !== here || url.pathname.startsWith("//")) return otherwise;
  return url.pathname + url.search + url.hash;
}
