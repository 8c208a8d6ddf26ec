/** Sorts keys that wait in memory, mostly without comparing texts. */
import { compareBytes, compareUnits, needsByteOrder } from "./byte-order.ts";

/** All units from this one on count as one, because their order is not that of their UTF-8 bytes. */
const lastUnit = 127;
const unitBits = 7;
const exactBits = 53;

/**
 * The runtime sorts numbers natively, ten times faster than texts. Each holds the beginning of a key and
 * the place of the key; only keys that begin alike are compared as texts.
 * @param orders the number of each key, which decides between equal ones
 * @returns the places of the keys, in the order of their UTF-8 bytes
 */
export function sortPlaces(keys: readonly string[], orders: readonly number[]): Uint32Array {
  const count = keys.length;
  const prefixLength = Math.floor((exactBits - Math.log2(count + 1)) / unitBits);
  const entries = new Float64Array(count);
  for (let place = 0; place < count; place++)
    entries[place] = prefixOf(keys[place]!, prefixLength) * count + place;
  entries.sort();

  const places = new Uint32Array(count);
  let from = 0;
  let lastPrefix = -1;
  for (let at = 0; at < count; at++) {
    const prefix = Math.floor(entries[at]! / count);
    places[at] = entries[at]! - prefix * count;
    if (prefix === lastPrefix) continue;
    sortAlike(places.subarray(from, at), keys, orders);
    from = at;
    lastPrefix = prefix;
  }
  sortAlike(places.subarray(from), keys, orders);
  return places;
}

/** @returns a number that grows with the key, and is equal for keys that it cannot tell apart */
function prefixOf(key: string, length: number): number {
  let prefix = 0;
  let hasEnded = false;
  for (let at = 0; at < length; at++) {
    const unit: number = hasEnded || at >= key.length ? 0 : Math.min(key.charCodeAt(at), lastUnit);
    prefix = prefix * (lastUnit + 1) + unit;
    hasEnded ||= unit === lastUnit;
  }
  return prefix;
}

function sortAlike(places: Uint32Array, keys: readonly string[], orders: readonly number[]): void {
  if (places.length < 2) return;
  // Keys sliced from a larger text compare three times slower; a round trip through JSON copies them.
  const json = JSON.stringify(Array.from(places, (place) => keys[place]));
  const copies: string[] = JSON.parse(json);
  const compare = needsByteOrder(json) ? compareBytes : compareUnits;
  const sorted = Array.from(places.keys()).sort(
    (a, b) => compare(copies[a]!, copies[b]!) || orders[places[a]!]! - orders[places[b]!]!,
  );
  places.set(sorted.map((at) => places[at]!));
}
