import { expect, test } from "vitest";
import { deviceName } from "../../server/text/device-name.ts";

test.each([
  ["Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0", "Firefox on Linux"],
  [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36 Edg/150.0.0.0",
    "Edge on Windows",
  ],
  [
    "Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Mobile Safari/537.36",
    "Chrome on Android",
  ],
  [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1",
    "Safari on iOS",
  ],
  ["Lynx/2.9.2 libwww-FM/2.14 SSL-MM/1.4.1", "Lynx"],
  ["w3m/0.5.3+git20230121", "w3m"],
  ["ELinks/0.13.2 (textmode; Linux 6.8 x86_64; 80x24-2)", "Links on Linux"],
  ["curl/8.5.0", "An unknown browser"],
  ["", "An unknown browser"],
])("the device of %s is %s", (userAgent, name) => {
  expect(deviceName(userAgent)).toBe(name);
});
