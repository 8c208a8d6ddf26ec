import { describe, expect, test } from "vitest";
import { signFileLink, verifyFileLink } from "../../server/storage/file-links.ts";

const secret = "a secret of at least thirty-two letters";
const link = { fileId: "0198-file", userId: "user-1", expires: 1_800_000_000_000 };
const before = link.expires - 1;

function queryOf(signed: string, fileId = link.fileId) {
  const { expires, signature } = Object.fromEntries(new URLSearchParams(signed));
  return { fileId, expires, signature };
}

const signed = queryOf(signFileLink(secret, link));

describe("file links", () => {
  test("a link is valid for its user until it expires", () => {
    expect(verifyFileLink(secret, signed, "user-1", before)).toBe("valid");
    expect(verifyFileLink(secret, signed, "user-1", link.expires)).toBe("expired");
    expect(verifyFileLink(secret, signed, "user-1", link.expires + 1)).toBe("expired");
  });

  test("a link with any other file, user, expiry or secret is forged", () => {
    const check = (query: Partial<typeof signed>, user = "user-1", key = secret) =>
      verifyFileLink(key, { ...signed, ...query }, user, before);
    expect(check({ fileId: "0198-other" })).toBe("forged");
    expect(check({}, "user-2")).toBe("forged");
    expect(check({}, "user-1", `${secret}!`)).toBe("forged");
    for (const expires of [`${link.expires + 1}`, `0${link.expires}`, `${link.expires}.0`, ""]) {
      expect(check({ expires })).toBe("forged");
    }
    expect(check({ expires: undefined })).toBe("forged");
    expect(check({ signature: undefined })).toBe("forged");
  });

  test("a link whose signature differs in one letter or its encoding is forged", () => {
    const { signature = "" } = signed;
    for (let at = 0; at < signature.length; at++) {
      const letter = signature[at] === "A" ? "B" : "A";
      const changed = signature.slice(0, at) + letter + signature.slice(at + 1);
      const query = { ...signed, signature: changed };
      expect(verifyFileLink(secret, query, "user-1", before)).toBe("forged");
    }
    for (const other of [`${signature}=`, `${signature} `, signature.slice(0, -1), "", "é"]) {
      const query = { ...signed, signature: other };
      expect(verifyFileLink(secret, query, "user-1", before)).toBe("forged");
    }
  });

  test("a link is forged for file and user ids that concatenate to the same text", () => {
    const other = queryOf(signFileLink(secret, { ...link, fileId: '0198","file', userId: "u" }));
    expect(verifyFileLink(secret, { ...other, fileId: "0198" }, 'file","u', before)).toBe("forged");
  });
});
