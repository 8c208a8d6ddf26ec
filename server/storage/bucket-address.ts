/** Parses `STORAGE_URL`, the address of a bucket without credentials. */
import { z } from "zod";

export interface BucketAddress {
  bucket: string;
  /** Prefix of every key: empty, or ending with a slash. */
  prefix: string;
  /** Address of a server other than Amazon's. */
  endpoint: string | undefined;
  /** Undefined: the SDK takes it from its environment. */
  region: string | undefined;
  /** The bucket is part of the path, not of the host name. */
  pathStyle: boolean;
}

const example = "s3://bucket/prefix?endpoint=https://minio.example&region=eu-central-1";
const options = z.strictObject({
  endpoint: z.url({ protocol: /^https?$/ }).optional(),
  region: z.string().min(1).optional(),
  path_style: z.enum(["true", "false"]).optional(),
});

/**
 * Parses `s3://bucket/prefix?endpoint=…&region=…&path_style=true`. Path style is the default with an
 * endpoint, because S3-compatible servers have no host name per bucket.
 * @returns the address, or the end of the sentence "STORAGE_URL …" that says what is wrong
 */
export function readBucketAddress(given: string): BucketAddress | string {
  const url = URL.parse(given);
  if (url?.protocol !== "s3:") return `must begin with s3://, such as ${example}`;
  if (url.username || url.password) {
    return "must hold no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";
  }
  if (!/^[\w.-]{3,63}$/.test(url.host)) return `must name a bucket: ${example}`;
  const parts = url.pathname.split("/").filter((part) => part !== "");
  if (!parts.every((part) => /^(?!\.)[\w.-]+$/.test(part))) {
    return "may only have letters, digits, dots, dashes and underscores in its prefix";
  }
  const chosen = options.safeParse(Object.fromEntries(url.searchParams));
  if (!chosen.success) {
    return "only takes the options ?endpoint=https://…, region=… and path_style=true or false";
  }
  const { endpoint, region, path_style } = chosen.data;
  return {
    bucket: url.host,
    prefix: parts.map((part) => `${part}/`).join(""),
    endpoint,
    // S3-compatible servers require a region but ignore its value.
    region: region ?? (endpoint && "us-east-1"),
    pathStyle: path_style ? path_style === "true" : endpoint !== undefined,
  };
}
