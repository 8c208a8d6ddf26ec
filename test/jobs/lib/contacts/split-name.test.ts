import { expect, test } from "vitest";
import { splitName } from "../../../../jobs/lib/contacts/split-name.ts";

test.each([
  ["Anna Schmidt", "Anna", "Schmidt"],
  ["Anna Maria Schmidt", "Anna Maria", "Schmidt"],
  ["Ludwig van Beethoven", "Ludwig", "van Beethoven"],
  ["Ursula von der Leyen", "Ursula", "von der Leyen"],
  ["Beethoven, Ludwig van", "Ludwig van", "Beethoven"],
  ["Van Morrison", "Van", "Morrison"],
  ["Anna", "Anna", ""],
  ["Anna,", "", "Anna"],
])("splitName splits %j into %j and %j", (name, first, last) => {
  expect(splitName(name)).toEqual({ first, last });
});
