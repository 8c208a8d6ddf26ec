/** The format of a CSV file; plain JSON, so that a step can return it as its value. */

/** The encodings that are recognised and can be chosen, with their names for people. */
export const encodingNames = {
  "utf-8": "UTF-8",
  "utf-16le": "UTF-16",
  "utf-16be": "UTF-16, big-endian",
  "windows-1252": "Windows-1252, Western European",
  "windows-1250": "Windows-1250, Central European",
  "windows-1251": "Windows-1251, Cyrillic",
  "windows-1253": "Windows-1253, Greek",
  "windows-1254": "Windows-1254, Turkish",
  "windows-1255": "Windows-1255, Hebrew",
  "windows-1256": "Windows-1256, Arabic",
  "windows-1257": "Windows-1257, Baltic",
  "iso-8859-2": "ISO-8859-2, Central European",
  macintosh: "Mac Roman",
  "x-mac-ce": "Mac Central European",
  "x-mac-cyrillic": "Mac Cyrillic",
  cp850: "CP850, DOS Western European",
  cp437: "CP437, DOS",
  cp852: "CP852, DOS Central European",
  ibm866: "CP866, DOS Cyrillic",
  "koi8-r": "KOI8-R, Cyrillic",
  shift_jis: "Shift-JIS, Japanese",
  "euc-jp": "EUC-JP, Japanese",
  gb18030: "GB18030 and GBK, Chinese",
  big5: "Big5, Chinese",
  "euc-kr": "EUC-KR, Korean",
} as const;

export type Encoding = keyof typeof encodingNames;

/** The delimiters by the names that people choose and the API takes. */
export const delimiters = {
  comma: ",",
  semicolon: ";",
  tab: "\t",
  pipe: "|",
  tilde: "~",
  caret: "^",
  colon: ":",
} as const;

export type DelimiterName = keyof typeof delimiters;

export const delimiterNames = Object.keys(delimiters) as [DelimiterName, ...DelimiterName[]];

export type Delimiter = (typeof delimiters)[DelimiterName];

export const delimiterLabels: Record<DelimiterName, string> = {
  comma: "Comma",
  semicolon: "Semicolon",
  tab: "Tab",
  pipe: "Vertical bar",
  tilde: "Tilde",
  caret: "Caret",
  colon: "Colon",
};

export function delimiterName(delimiter: Delimiter): DelimiterName {
  return delimiterNames.find((name) => delimiters[name] === delimiter)!;
}

export interface Dialect {
  delimiter: Delimiter;
  /** True if quotes inside of quoted cells are written `\"`, as MySQL does, and not `""`. */
  escapesQuotes?: boolean;
  /** True if an editor made the quotes typographic: “Ann”, „Ann“. */
  hasTypographicQuotes?: boolean;
  /** True if each line as a whole is one quoted cell, as Excel saves a file that it did not split. */
  hasQuotedLines?: boolean;
  /** The number of columns. A quoted cell that spans lines of this many cells has a stray quote. */
  width?: number;
}

/** A position between two rows. */
export interface FilePosition {
  /** Bytes before it. */
  byte: number;
  /** Rows before it, including the header and blank rows, as a spreadsheet counts. */
  row: number;
}

export interface CsvFormat extends Dialect {
  encoding: Encoding;
  /** Whether the first row names the columns. */
  hasHeader: boolean;
  /** True for text that a program of ours wrote: no quote in it is a mistake. */
  isGenerated?: boolean;
  /** True for recipients pasted from a mail: several in a line, each a row of its own. */
  isAddressList?: boolean;
  /** Start of the table, after the byte order mark, Excel's `sep=` line and lines of notes. */
  start: FilePosition;
}
