/** Shows a job in a terminal, where it redraws a bar and the steps, or else as plain lines. */
import { styleText } from "node:util";
import type { LogRow } from "../../backend/schema.ts";
import type { JobView } from "../../presenters/job.ts";
import type { StepView } from "../../presenters/job-steps.ts";
import { logMessage } from "../../presenters/log.ts";
import { escapeControls } from "../../text/control-characters.ts";

export interface JobDisplay {
  /** @param text what the job has added to its output */
  update(view: JobView, lines: readonly LogRow[], text: string): void;
  /** Keeps what is new until `resume`, for a question. */
  hold(): void;
  resume(): void;
  /** Leaves what is shown as it is, and gives the terminal back. */
  close(): void;
}

export type Output = Pick<NodeJS.WriteStream, "write" | "isTTY" | "columns">;
type Style = Parameters<typeof styleText>[0];

export function createJobDisplay(output: Output): JobDisplay {
  return output.isTTY ? terminalDisplay(output) : plainDisplay(output);
}

/** `styleText` obeys NO_COLOR and FORCE_COLOR. */
function paint(output: Output, style: Style, text: string): string {
  const stream = output as NodeJS.WriteStream;
  return styleText(style, text, { stream, validateStream: true });
}

const barWidth = 24;
const stepMarks: Record<StepView["state"], string> = {
  waiting: "·",
  running: "▸",
  done: "✓",
  stopped: "×",
};

/** The terminal cuts long lines itself while its wrapping is off, whatever width characters have. */
const wrapping = { off: "\u001b[?7l", on: "\u001b[?7h" };

function terminalDisplay(output: Output): JobDisplay {
  let drawnLines = 0;
  let isHeld = false;
  let latest: JobView | undefined;
  let waiting: LogRow[] = [];
  /** The output that is not shown yet, which begins with the unfinished line in the block. */
  let text = "";

  /** Finished lines stay above the block. */
  function takeLines(isOver: boolean): string[] {
    const lines = text.split("\n");
    text = isOver ? "" : (lines.pop() ?? "");
    return lines.map(escapeControls);
  }

  function draw(): void {
    if (isHeld || !latest) return;
    const log = waiting.map((line) => logText(output, line));
    waiting = [];
    const lines = text === "" ? [] : takeLines(!latest.active);
    const unfinished = text === "" ? [] : [escapeControls(text).slice(1 - (output.columns || 80))];
    const block = [...unfinished, ...blockOf(output, latest)];
    const up = drawnLines > 0 ? `\u001b[${drawnLines}A\r\u001b[J` : "";
    output.write(`${up}${[...log, ...lines].map((line) => `${line}\n`).join("")}${wrapping.off}`);
    output.write(`${block.map((line) => `${line}\n`).join("")}${wrapping.on}`);
    drawnLines = block.length;
  }

  return {
    update(view, lines, added) {
      latest = view;
      waiting.push(...lines);
      text += added;
      draw();
    },
    hold() {
      isHeld = true;
    },
    resume() {
      if (!isHeld) return;
      isHeld = false;
      // The question and its answer stay above.
      drawnLines = 0;
      draw();
    },
    close() {
      output.write(wrapping.on);
    },
  };
}

function blockOf(output: Output, view: JobView): string[] {
  const { percent, percentText, estimate, elapsed, amount, message } = view;
  const name = [paint(output, "bold", view.title), escapeControls(view.subject)];
  const state = paint(output, statusStyle(view), view.label);
  const lines = [[...name, state].filter(Boolean).join("  ")];
  if (view.active) {
    const bar = percent === null ? "" : paint(output, "cyan", barOf(percent));
    lines.push([bar, percentText, estimate, elapsed].filter(Boolean).join("  ") || "Waiting");
    const doing = [amount, escapeControls(message)].filter(Boolean).join(" · ");
    if (doing) lines.push(doing);
  }
  for (const { name, state, text } of view.steps) {
    const line = `${stepMarks[state]} ${name}${text && `  ${text}`}`;
    lines.push(state === "waiting" ? paint(output, "dim", line) : line);
  }
  return lines;
}

function barOf(percent: number): string {
  const full = Math.round((percent / 100) * barWidth);
  return "█".repeat(full) + "░".repeat(barWidth - full);
}

function statusStyle({ status }: JobView): Style {
  if (status === "done") return "green";
  if (status === "failed") return "red";
  return status === "running" ? "cyan" : "yellow";
}

const logStyles: Partial<Record<LogRow["level"], Style>> = { warn: "yellow", error: "red" };

function logText(output: Output, { level, message }: LogRow): string {
  const text = escapeControls(logMessage({ level, message }));
  const style = logStyles[level];
  return style ? paint(output, style, `${level}: ${text}`) : text;
}

/** A line for each new status, step and tenth of the work; the output of the job as it is. */
function plainDisplay(given: Output): JobDisplay {
  const { output, writeText, end } = withText(given);
  let state = "";
  let step = "";
  let tenth = 0;
  return {
    update(view, lines, text) {
      const { displayStatus, label, steps, percent, percentText, amount, message } = view;
      const say = (...texts: string[]) => {
        output.write(`${texts.filter(Boolean).map(escapeControls).join(" · ")}\n`);
      };
      if (displayStatus + message !== state && (displayStatus !== "running" || !state)) {
        say(view.title, view.subject, label, displayStatus === "running" ? "" : message);
      }
      state = displayStatus === "running" ? displayStatus : displayStatus + message;
      const current = steps.find((each) => each.state === "running")?.name ?? step;
      if (current !== step) say(current);
      step = current;
      for (const line of lines) output.write(`${logText(given, line)}\n`);
      writeText(text);
      const reached = Math.floor((percent ?? 0) / 10);
      if (view.active && reached > tenth) say(percentText, amount, message);
      tenth = Math.max(tenth, reached);
    },
    hold() {},
    resume() {},
    close() {
      end();
    },
  };
}

/** @returns an output whose lines begin on a new line behind a text that ended within one */
function withText(given: Output) {
  let isWithinLine = false;
  function write(text: string): void {
    given.write(`${isWithinLine ? "\n" : ""}${text}`);
    isWithinLine = false;
  }
  return {
    output: { write },
    writeText(text: string): void {
      if (text === "") return;
      given.write(escapeControls(text));
      isWithinLine = !text.endsWith("\n");
    },
    end: () => isWithinLine && write(""),
  };
}
