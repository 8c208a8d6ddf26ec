import { encode } from "uqr";

/** A QR code as the path of an SVG, whose view box has `size` units on each side. */
export interface QrCode {
  size: number;
  path: string;
}

/** Modules of white around the code: https://www.qrcode.com/en/howto/code.html */
const quietZone = 4;

export function qrCode(text: string): QrCode {
  const { data, size } = encode(text, { ecc: "M", border: quietZone });
  const squares = data.flatMap((row, y) =>
    row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])),
  );
  return { size, path: squares.join("") };
}
