/** Lists of people in many languages, without a byte order mark, are read in the right encoding. */
import { describe, expect, test } from "vitest";
import type { Encoding } from "../../../../jobs/lib/csv/format.ts";
import { inspectCsv } from "../../../../jobs/lib/csv/inspect.ts";
import { memoryFile } from "../../../support/memory-files.ts";
import { encode } from "./encode.ts";

const german = [
  "Vorname;Nachname;Ort",
  "Jürgen;Müller;Köln",
  "Änne;Weiß;Gößweinstein",
  "Jörg;Schäfer;Nürnberg",
];
const french = [
  "Prénom;Nom;Société",
  "Inès;Caron;Café Noël",
  "Chloé;Lefèvre;Brûlerie française",
  "François;Bézier;Hôtel du Château",
];
const spanish = [
  "Nombre;Apellido;Ciudad",
  "José;Núñez;León",
  "Begoña;Gutiérrez;Málaga",
  "Ángel;Muñoz;Logroño",
];
const polish = [
  "Imię;Nazwisko;Miasto",
  "Łukasz;Wójcik;Łódź",
  "Małgorzata;Dąbrowska;Gdańsk",
  "Paweł;Żółć;Kraków",
];
const czech = [
  "Jméno;Příjmení;Město",
  "Jiří;Dvořák;Plzeň",
  "Žaneta;Němcová;Třebíč",
  "Ondřej;Růžička;Přerov",
];
/** Without words that are known from headers. */
const czechNames = [
  "first name;last name;company",
  "Jiří;Dvořák;Škoda",
  "Zdeněk;Růžička;Čedok",
  "Šárka;Žižková;Kůň",
];
const russian = [
  "Имя;Фамилия;Город",
  "Мира;Хольм;Москва",
  "Иван;Щукин;Ярославль",
  "Ольга;Юдина;Объединение",
];
const turkish = [
  "Ad;Soyad;Şehir",
  "Işıl;Şahin;İstanbul",
  "Çağrı;Öztürk;Eskişehir",
  "Gülşen;Yıldız;Muğla",
];
const japanese = [
  "氏名,会社名,電話番号",
  "山田 太郎,日本ポスト株式会社,03-0000-0001",
  "表 花子,ソニック構造予報,03-0000-0002",
  "田中 一,ミツバチ能力会社,03-0000-0003",
];
const chinese = [
  "姓名,公司,电话",
  "张伟,北京科技有限公司,010-0001",
  "李娜,上海贸易公司,010-0002",
  "王芳,广州电子公司,010-0003",
];
const taiwanese = [
  "姓名,公司,電話",
  "陳志明,台北電腦股份有限公司,02-0001",
  "林美惠,高雄貿易公司,02-0002",
  "許功蓋,台中書店,02-0003",
];
const korean = [
  "이름,회사,전화번호",
  "김민수,서울전자주식회사,02-0001",
  "박지영,부산무역회사,02-0002",
  "최유진,대구서점,02-0003",
];

describe.each<[string, string[], Encoding[]]>([
  ["German", german, ["windows-1252", "macintosh", "cp850", "utf-8", "utf-16le", "utf-16be"]],
  ["French", french, ["windows-1252", "macintosh", "cp850"]],
  ["Spanish", spanish, ["windows-1252", "macintosh", "cp850"]],
  ["Polish", polish, ["windows-1250", "iso-8859-2"]],
  ["Czech", czech, ["windows-1250", "iso-8859-2"]],
  ["Russian", russian, ["windows-1251", "utf-16le", "utf-16be"]],
  ["Turkish", turkish, ["windows-1254"]],
  ["Czech names", czechNames, ["windows-1250", "iso-8859-2", "cp852"]],
  ["Japanese", japanese, ["shift_jis", "euc-jp", "utf-16le", "utf-16be"]],
  ["Chinese", chinese, ["gb18030"]],
  ["Taiwanese", taiwanese, ["big5"]],
  ["Korean", korean, ["euc-kr"]],
])("a list in %s", (_, lines, encodings) => {
  const cellsOf = (line: string) => line.split(/[;,]/);
  test.each(encodings)("is read right from %s", async (encoding) => {
    const people = [...lines.slice(1), ...lines.slice(1), ...lines.slice(1)];
    const text = [lines[0], ...people].map((line, at) => `p${at}@x.test;${line}`);
    const mail = text.map((line) => (line.includes(",") ? line.replace(";", ",") : line));
    const source = memoryFile(encode(`${mail.join("\r\n")}\r\n`, encoding));
    const { sample } = await inspectCsv(source, { rows: 3, hasHeader: true });
    expect(sample.map((cells) => cells.slice(1))).toEqual(lines.slice(1).map(cellsOf));
  });

  test.each(encodings)(
    "is read right from %s, where ASCII precedes it for 300 kB",
    async (encoding) => {
      if (encoding.startsWith("utf-16")) return;
      const plain = "p@x.test;Ann;Bee;Oslo\r\n".repeat(15_000);
      const rest = [1, 2, 3, 4]
        .flatMap(() => lines)
        .map((line) => `q@x.test;${line.replaceAll(",", ";")}`);
      const source = memoryFile(encode(`${plain}${rest.join("\r\n")}\r\n`, encoding));
      const { encoding: detected } = await inspectCsv(source);
      const again = encode(lines.join(), detected).equals(encode(lines.join(), encoding));
      expect(again, detected).toBe(true);
    },
  );
});

test.each<[string, Encoding]>([
  ["Jürgen", "windows-1252"],
  ["Åsa", "windows-1252"],
  ["Straße", "windows-1252"],
  ["Zoë", "windows-1252"],
  ["O’Brien", "windows-1252"],
  ["5 €", "windows-1252"],
  ["João", "windows-1252"],
  ["Łukasz", "windows-1250"],
  ["Gülşen;Şahin", "windows-1254"],
  ["Jürgen", "macintosh"],
  ["Jürgen", "cp850"],
  ["太郎;山田;日本;東京都", "euc-jp"],
  ["たろう;やまだ;ハナコ;スズキ", "euc-jp"],
  ["伟;王;中国石油", "gb18030"],
])("the only name of a list beyond ASCII, %s, is read from %s", async (name, encoding) => {
  const source = memoryFile(encode(`a@x.test;${name}\n`, encoding));
  const { sample } = await inspectCsv(source, { hasHeader: false });
  expect(sample).toEqual([["a@x.test", ...name.split(";")]]);
});

test("names of a file in UTF-8 that was joined with one in Windows-1252 are read from both", async () => {
  const parts = [encode("a@x.test;Jürgen\n", "utf-8"), encode("b@x.test;Zoë\n", "windows-1252")];
  const { sample } = await inspectCsv(memoryFile(Buffer.concat(parts)), { hasHeader: false });
  expect(sample).toEqual([
    ["a@x.test", "Jürgen"],
    ["b@x.test", "Zoë"],
  ]);
});
