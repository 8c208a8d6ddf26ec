/**
 * A thread that previews uploaded files for a web process. It has no environment, no database and no
 * storage: the web process sends it the bytes.
 */
import { pathToFileURL } from "node:url";
import { parentPort } from "node:worker_threads";
import { type ByteSource, type FilePreview, type Kind, Refused } from "../job.ts";
import type { Chunk, ChunkRequest, KindLoaded, PreviewAnswer, PreviewRequest } from "./messages.ts";

const port = parentPort!;
const waiting = new Map<number, PromiseWithResolvers<Uint8Array | undefined>>();
let reads = 0;
let latest: FilePreview | undefined;

port.on("message", (message: PreviewRequest | Chunk) => {
  if (message.type === "chunk") waiting.get(message.read)?.resolve(message.bytes);
  else if (message.type === "broken") waiting.get(message.read)?.reject(new Error("Broken off"));
  else void answer(message).then((answered) => port.postMessage(answered));
});

async function answer(request: PreviewRequest): Promise<PreviewAnswer> {
  try {
    if (request.type === "try") {
      return { type: "tried", trial: latest?.tryMapping?.(request.mapping) };
    }
    latest = undefined;
    const file: { default: Kind } = await import(pathToFileURL(request.kindFile).href);
    port.postMessage({ type: "loaded" } satisfies KindLoaded);
    latest = await file.default.preview!(remoteFile(request), request.values);
    const { tryMapping: _, ...preview } = latest;
    return { type: "previewed", preview };
  } catch (error) {
    if (!(error instanceof Refused)) return { type: "failed", error };
    return { type: "refused", message: error.message, advice: error.advice };
  }
}

function remoteFile({ name, size }: { name: string; size: number }): ByteSource {
  return {
    name,
    size,
    async *read(from = 0) {
      const read = ++reads;
      try {
        for (;;) {
          const bytes = await nextChunk(read, from);
          if (!bytes) return;
          yield bytes;
        }
      } finally {
        send({ type: "stop", read });
      }
    },
  };
}

async function nextChunk(read: number, from: number): Promise<Uint8Array | undefined> {
  const chunk = Promise.withResolvers<Uint8Array | undefined>();
  waiting.set(read, chunk);
  send({ type: "next", read, from });
  try {
    return await chunk.promise;
  } finally {
    waiting.delete(read);
  }
}

function send(request: ChunkRequest): void {
  port.postMessage(request);
}
