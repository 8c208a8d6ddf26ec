import { buildAssets } from "../../server/assets/build.ts";

export default async function setup() {
  await buildAssets({ minify: true });
}
