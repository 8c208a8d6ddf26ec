import { StorageFull } from "../storage.ts";

const fullness: Record<string, string> = {
  ENOSPC: "The disk is full",
  EDQUOT: "The disk is full: its quota is used up",
  EFBIG: "The disk is full: it takes no larger file",
};

/** @returns StorageFull for what the system says when it takes no more; other errors as they are */
export function diskError(error: unknown): unknown {
  const sentence = fullness[codeOf(error)];
  return sentence ? new StorageFull(sentence, { cause: error }) : error;
}

export function isMissing(error: unknown): boolean {
  return ["ENOENT", "ENOTDIR"].includes(codeOf(error));
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException | undefined)?.code ?? "";
}
