/** What a run of mutants shows: how many each folder's tests have caught, and which survived. */
import { readFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { knownSurvivors } from "./known-survivors.ts";

/** The parts of Stryker's results that the report needs. Lines and columns count from 1. */
export interface Mutant {
  fileName: string;
  status: string;
  replacement?: string;
  location: { start: Place; end: Place };
}

interface Place {
  line: number;
  column: number;
}

const root = resolve(import.meta.dirname, "../..");
/** A fault that makes a test wait forever is noticed, too. */
const caughtStatuses = ["Killed", "Timeout"];
const missedStatuses = ["Survived", "NoCoverage"];

/** @returns the report, and the share of all mutants that were caught, in percent */
export function formatReport(mutants: readonly Mutant[]): { text: string; caught: number } {
  const tested = mutants.filter(({ status }) =>
    [...caughtStatuses, ...missedStatuses].includes(status),
  );
  const missed = tested.filter(({ status }) => missedStatuses.includes(status));
  const unknown = missed.filter((mutant) => !isKnown(mutant));
  const byFolder = Map.groupBy(tested, (mutant) => dirname(pathOf(mutant)));
  const folders = [...byFolder].sort(([a], [b]) => a.localeCompare(b));
  const lines = [
    ...unknown.map(describe).sort(),
    "",
    ...folders.map(([folder, some]) => `${shareText(some)} ${folder}`),
    `${shareText(tested)} of all; ${missed.length - unknown.length} others are known to survive`,
  ];
  return { text: lines.join("\n"), caught: share(tested) };
}

function share(mutants: readonly Mutant[]): number {
  const caught = mutants.filter(({ status }) => caughtStatuses.includes(status));
  return mutants.length === 0 ? 100 : (100 * caught.length) / mutants.length;
}

function shareText(mutants: readonly Mutant[]): string {
  return `${share(mutants).toFixed(0).padStart(3)} % of ${String(mutants.length).padStart(5)}`;
}

function isKnown(mutant: Mutant): boolean {
  return knownSurvivors[pathOf(mutant)]?.[changeOf(mutant)] !== undefined;
}

/** "server/live/hub.ts:70: a > b → a >= b" */
function describe(mutant: Mutant): string {
  return `${pathOf(mutant)}:${mutant.location.start.line}: ${changeOf(mutant)}`;
}

/** "a > b → a >= b": names a mutant however the lines around it change. */
function changeOf({ fileName, location: { start, end }, replacement = "" }: Mutant): string {
  const lines = readFileSync(resolve(root, fileName), "utf8").split("\n");
  const own = lines.slice(start.line - 1, end.line);
  own[own.length - 1] = own.at(-1)!.slice(0, end.column - 1);
  own[0] = own[0]!.slice(start.column - 1);
  return `${oneLine(own.join(" "))} → ${oneLine(replacement)}`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

function pathOf({ fileName }: Mutant): string {
  return relative(root, resolve(root, fileName));
}
