/** The header that names a file, both ways (RFC 6266). */

/** @returns `attachment; filename="…"; filename*=UTF-8''…` */
export function attachment(name: string): string {
  // For readers that know no `filename*`. A percent sign would be decoded by some of them.
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, "_");
  return `attachment; filename="${plain}"; filename*=UTF-8''${encode(name)}`;
}

/** The name that a header gives, unchecked; undefined where it gives none. */
export function fileNameOf(header: string | undefined): string | undefined {
  if (!header) return undefined;
  const encoded = /;\s*filename\*\s*=\s*utf-8'[^']*'([^;\s]+)/i.exec(header)?.[1];
  const decoded = encoded && decode(encoded);
  if (decoded) return decoded;
  const plain = /;\s*filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s"]+))/i.exec(header);
  return plain?.[1]?.replace(/\\(.)/g, "$1") ?? plain?.[2];
}

/** RFC 8187 allows fewer characters than an address does. */
function encode(name: string): string {
  return encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function decode(encoded: string): string | undefined {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
}
