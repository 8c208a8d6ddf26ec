import { StorageFull } from "../storage.ts";

const fullMessages: Record<string, string> = {
  ENOSPC: "The disk is full",
  EDQUOT: "The disk is full: its quota is used up",
  EFBIG: "The disk is full: it takes no larger file",
};

/** @returns StorageFull if the disk or a quota is full, any other error unchanged */
export function diskError(error: unknown): unknown {
  const message = fullMessages[codeOf(error)];
  return message ? new StorageFull(message, { cause: error }) : error;
}

export function isMissing(error: unknown): boolean {
  return ["ENOENT", "ENOTDIR"].includes(codeOf(error));
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException | undefined)?.code ?? "";
}
