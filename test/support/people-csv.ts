/** People for an import, in an order that no index likes; some have no valid email address. */
export function peopleCsv(rows: number, rejectedEach: number): string {
  const lines = ["email,first name,company"];
  for (let at = 0; at < rows; at++) {
    const number = String((at * 7_919) % rows).padStart(7, "0");
    const email = at % rejectedEach === 0 ? `nobody ${number}` : `p${number}x@example.com`;
    lines.push(`${email},Person ${number},Company ${at % 97}`);
  }
  return lines.join("\n");
}
