/** Files that a browser shows as a page of their own. Pure. */

export function isWebPage({ media_type }: { media_type: string }): boolean {
  return /^text\/html\b/i.test(media_type);
}

/**
 * The policy of a page that a kind made: it may hold texts of anybody. `sandbox` gives it an origin of
 * its own without scripts and forms, also where it is opened in a tab; it loads nothing from elsewhere.
 */
export const webPagePolicy = [
  "sandbox",
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  "img-src data:",
  "font-src data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join("; ");
