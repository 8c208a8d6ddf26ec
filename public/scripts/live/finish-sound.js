/** The sound when a job finishes, for people who want it, and its switch on the job's page. */
import { claimSound } from "./client.js";

/** @import { FinishedJob } from "../protocol.d.ts" */

/** @type {AudioContext | undefined} */
let context;

/** Plays the sound in this tab or in another that is audible, once in all. @param {FinishedJob} job */
export async function requestFinishSound(job) {
  if (await audibleContext()) claimSound(job);
}

document.addEventListener("live:play-sound", async ({ detail: { succeeded } }) => {
  const audio = await audibleContext();
  if (audio) play(audio, succeeded);
});

/** @returns {Promise<AudioContext | undefined>} undefined until the person clicks or types here: browsers allow no sound before */
async function audibleContext() {
  try {
    context ??= new AudioContext();
    const timeout = new Promise((resolve) => setTimeout(resolve, 300));
    if (context.state !== "running") await Promise.race([context.resume(), timeout]);
    return context.state === "running" ? context : undefined;
  } catch {
    return undefined;
  }
}

/** Plays two notes, rising if the job succeeded and falling if not. @param {AudioContext} audio @param {boolean} succeeded */
function play(audio, succeeded) {
  const notes = succeeded ? [660, 880] : [440, 330];
  notes.forEach((frequency, index) => {
    const note = new OscillatorNode(audio, { frequency });
    const volume = new GainNode(audio, { gain: 0 });
    const start = audio.currentTime + index * 0.16;
    volume.gain.setTargetAtTime(0.2, start, 0.01);
    volume.gain.setTargetAtTime(0, start + 0.12, 0.08);
    note.connect(volume).connect(audio.destination);
    note.start(start);
    note.stop(start + 0.8);
  });
}

// Captured, so that it comes before submit-once.js.
addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.matches(".sound-toggle")) return;
    event.preventDefault();
    const button = form.querySelector("button");
    if (button) void switchSound(form, button);
  },
  true,
);

/** Saves the choice without leaving the page. @param {HTMLFormElement} form @param {HTMLButtonElement} button */
async function switchSound(form, button) {
  const on = button.value === "on";
  const body = new URLSearchParams({ sound: button.value });
  for (const [name, value] of new FormData(form)) body.set(name, String(value));
  showSwitch(button, on);
  const audio = on && (await audibleContext());
  if (audio) play(audio, true);
  const response = await fetch(form.action, { method: "POST", body, redirect: "manual" }).catch(
    () => null,
  );
  // The server redirects a form that it accepts.
  if (response?.type !== "opaqueredirect") showSwitch(button, !on);
}

/** @param {HTMLButtonElement} button @param {boolean} on */
function showSwitch(button, on) {
  button.value = on ? "off" : "on";
  button.setAttribute("aria-pressed", String(on));
  document.body.toggleAttribute("data-sound", on);
}
