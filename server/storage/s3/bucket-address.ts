/** Where a bucket is, as one setting says it. Credentials are no part of it. */
import { z } from "zod";

export interface BucketAddress {
  bucket: string;
  /** Before every key: empty, or with a slash at its end. */
  prefix: string;
  /** Address of a server other than Amazon's. */
  endpoint: string | undefined;
  /** Undefined where the environment of the SDK says it. */
  region: string | undefined;
  /** The bucket stands in the path, not in the host name. */
  pathStyle: boolean;
}

const example = "s3://bucket/prefix?endpoint=https://minio.example&region=eu-central-1";
const options = z.strictObject({
  endpoint: z.url({ protocol: /^https?$/ }).optional(),
  region: z.string().min(1).optional(),
  path_style: z.enum(["true", "false"]).optional(),
});

/**
 * Reads `s3://bucket/prefix?endpoint=…&region=…&path_style=true`. With an endpoint of its own the
 * path style is the default: servers that stand in for Amazon's have no host name for each bucket.
 * @returns the address, or why it is none
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
    return "may have letters, digits, dots, dashes and underscores in its prefix, and no others";
  }
  const chosen = options.safeParse(Object.fromEntries(url.searchParams));
  if (!chosen.success) {
    return "may end with ?endpoint=https://…, region=… and path_style=true or false, and no others";
  }
  const { endpoint, region, path_style } = chosen.data;
  return {
    bucket: url.host,
    prefix: parts.map((part) => `${part}/`).join(""),
    endpoint,
    // Amazon's servers each have one; others ask for the word alone.
    region: region ?? (endpoint && "us-east-1"),
    pathStyle: path_style ? path_style === "true" : endpoint !== undefined,
  };
}
