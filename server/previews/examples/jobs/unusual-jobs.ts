import type { JobView } from "../../../presenters/job.ts";
import { jobView, numbered } from "./job-view.ts";

/** Running jobs with zeros, huge numbers, long words, and a script from right to left. */
export const unusualJobs = {
  zero: jobView({
    id: numbered(17),
    subject: "empty.csv",
    percent: 0,
    percentText: "0 %",
    amount: "0 of 0 rows",
    message: "",
    estimate: "",
    elapsed: "0 s",
    counts: [{ name: "succeeded", label: "imported", value: "0" }],
  }),
  huge: jobView({
    id: numbered(18),
    subject: "everybody-on-earth.csv",
    amount: "9,007,199,254,740,991 of 18,014,398,509,481,982 rows",
    percent: 50,
    percentText: "50 %",
    estimate: "about 11,415 days left",
    elapsed: "2,310 d 4 h",
    counts: [
      { name: "succeeded", label: "imported", value: "9,007,199,254,740,000" },
      { name: "rejected", label: "rejected", value: "991" },
    ],
  }),
  longWords: jobView({
    id: numbered(19),
    title: "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetzesentwurf importieren",
    subject: "donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft.csv",
    message:
      "https://example.com/a/very/long/address/without/any/space/to/break/at?and=a&query=too",
  }),
  rightToLeft: jobView({
    id: numbered(20),
    title: "استيراد جهات الاتصال",
    subject: "معرض الخريف.csv",
    message: "يتم استيراد الصف 42,318 من الملف",
  }),
} satisfies Record<string, JobView>;
