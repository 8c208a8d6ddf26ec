/** A bucket on an S3 server, whose process a test can stop, kill and start again. */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BucketAddress, readBucketAddress } from "../../../server/storage/bucket-address.ts";
import type { Environment } from "../application.ts";
import { type Launched, launch, untilPrinted } from "../processes.ts";
import { keys } from "./signature.ts";

const entry = join(import.meta.dirname, "server.ts");

export interface TestBucket {
  /** The value of `STORAGE_URL`. */
  url: string;
  address: BucketAddress;
  /** The settings of processes that use the bucket, with its credentials. */
  environment: Environment;
  /** The folder in which the server stores the bucket. */
  dir: string;
  server: Launched;
  /** The sorted keys below the prefix. */
  keys(): Promise<string[]>;
  /** The folders of uploads that were neither completed nor aborted. */
  uploads(): Promise<string[]>;
  /** Starts the server again on the same port and folder. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** Also sets the credentials in the environment of the test's own process. */
export async function openBucket(): Promise<TestBucket> {
  const folder = await mkdtemp(join(tmpdir(), "headway-s3-"));
  const dir = join(folder, "files");
  await mkdir(dir);
  const { port, server } = await startServer(folder, 0);
  const url = `s3://files/some/prefix?endpoint=http://127.0.0.1:${port}`;
  const credentials = { AWS_ACCESS_KEY_ID: keys.id, AWS_SECRET_ACCESS_KEY: keys.secret };
  Object.assign(process.env, credentials);
  const address = readBucketAddress(url);
  if (typeof address === "string") throw new Error(address);
  const bucket: TestBucket = {
    url,
    address,
    environment: { STORAGE_URL: url, ...credentials },
    dir,
    server,
    async keys() {
      const top = join(dir, "some/prefix");
      if (!existsSync(top)) return [];
      const names = await readdir(top, { recursive: true });
      const ending = "._S3rver_object";
      return names
        .filter((name) => name.endsWith(ending))
        .map((name) => name.slice(0, -ending.length))
        .sort();
    },
    async uploads() {
      const uploads = join(dir, "._S3rver_uploads");
      if (!existsSync(uploads)) return [];
      return (await readdir(uploads)).map((name) => join(uploads, name));
    },
    async restart() {
      bucket.server = (await startServer(folder, port)).server;
    },
    async close() {
      await bucket.server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return bucket;
}

/** @param port 0 for any free port */
async function startServer(folder: string, port: number) {
  // s3rver encrypts the cursor of a list with a cipher that OpenSSL 3 has retired.
  const legacy = { NODE_OPTIONS: "--openssl-legacy-provider" };
  const server = launch(entry, legacy, [folder, String(port)]);
  await untilPrinted(server, "S3 on port");
  return { server, port: Number(/port (\d+)/.exec(server.output())![1]) };
}
