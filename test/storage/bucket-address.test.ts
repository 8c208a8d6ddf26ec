import { describe, expect, test } from "vitest";
import { readConfig } from "../../server/config.ts";
import { ConfigError } from "../../server/config-error.ts";
import { readBucketAddress } from "../../server/storage/bucket-address.ts";
import { temporaryDir } from "./temporary.ts";

describe("bucket addresses", () => {
  const amazon = { endpoint: undefined, region: undefined, pathStyle: false };
  test.each([
    ["s3://files", { bucket: "files", prefix: "", ...amazon }],
    ["s3://files/", { bucket: "files", prefix: "", ...amazon }],
    ["s3://my.files/a/b_c/", { bucket: "my.files", prefix: "a/b_c/", ...amazon }],
    ["s3://files/../other", { bucket: "files", prefix: "other/", ...amazon }],
    [
      "s3://files?region=eu-central-1",
      { bucket: "files", prefix: "", ...amazon, region: "eu-central-1" },
    ],
    [
      "s3://files/a?endpoint=https://minio.example:9000",
      {
        ...{ bucket: "files", prefix: "a/", region: "us-east-1", pathStyle: true },
        endpoint: "https://minio.example:9000",
      },
    ],
    [
      "s3://files?endpoint=http://r2.example&region=auto&path_style=false",
      {
        ...{ bucket: "files", prefix: "", region: "auto", pathStyle: false },
        endpoint: "http://r2.example",
      },
    ],
  ])("readBucketAddress reads %s", (given, expected) => {
    expect(readBucketAddress(given)).toEqual(expected);
  });

  test.each([
    ["files", /must begin with s3:\/\//],
    ["https://files", /must begin with s3:\/\//],
    ["s3://", /must name a bucket/],
    ["s3:///prefix", /must name a bucket/],
    ["s3://key:secret@files", /must hold no credentials/],
    ["s3://files/a b", /prefix/],
    ["s3://files/.hidden", /prefix/],
    ["s3://files?endpoint=minio.example", /endpoint/],
    ["s3://files?endpoint=ftp://minio.example", /endpoint/],
    ["s3://files?path_style=perhaps", /path_style/],
    ["s3://files?acl=public", /only/],
  ])("readBucketAddress rejects %s", (given, said) => {
    expect(readBucketAddress(given)).toMatch(said);
  });
});

test("readConfig reports an invalid bucket address with the name of the setting", async () => {
  const STORAGE_DIR = await temporaryDir();
  expect(readConfig({ STORAGE_DIR }).bucket).toBeNull();
  const read = () => readConfig({ STORAGE_DIR, STORAGE_URL: "files" });
  expect(read).toThrow(ConfigError);
  expect(read).toThrow(/^STORAGE_URL must begin with s3:\/\//);
});
