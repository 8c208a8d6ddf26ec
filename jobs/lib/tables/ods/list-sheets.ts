import { parseWholeXml } from "../parse-xml.ts";
import type { Sheet } from "../table.ts";
import type { ZipEntry } from "../zip-archive.ts";

/** All sheets stand in one part, so the whole of it is read. */
export async function listSheets(content: ZipEntry, fileName: string): Promise<Sheet[]> {
  const hiddenStyles = new Set<string>();
  const sheets: Sheet[] = [];
  let style = "";
  let depth = 0;
  await parseWholeXml(content.read(), fileName, {
    open(name, attributes) {
      if (name === "style") style = attributes["style:name"] ?? "";
      else if (name === "table-properties" && attributes["table:display"] === "false")
        hiddenStyles.add(style);
      else if (name === "table" && depth++ === 0) {
        const isHidden = hiddenStyles.has(attributes["table:style-name"] ?? "");
        sheets.push({ name: attributes["table:name"] ?? "", isHidden });
      }
    },
    close(name) {
      if (name === "table") depth--;
    },
  });
  return sheets;
}
