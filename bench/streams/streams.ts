/** Measures deliveries, memory and delays of thousands of streams on one web process. */
import type { Row } from "../support/row.ts";
import { delays } from "./delays.ts";
import { fanOut } from "./fan-out.ts";

export async function streams(): Promise<Row[]> {
  return [...(await fanOut()), ...(await delays())];
}
