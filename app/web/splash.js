// What a person sees and hears until the app itself is on screen: true stages, patience, or one sentence and a way out.

import { framesFromPython } from "./glue.js";
import { isClinic } from "./opening.js";

const LAST_TODAY = "stepwise.last-today";
const PATIENCE_AFTER_MS = 6_000;
const TROUBLE_AFTER_MS = 90_000;
const LOOK_EVERY_MS = 30;
const OVERDUE = "This takes longer than it should. Check your network, then try again.";
const STAGES = {
  python: [2, "Starting the app"],
  loaded: [3, isClinic ? "Opening the clinic" : "Opening your exercises"],
  connected: [4, isClinic ? "Opening the clinic" : "Opening your exercises"],
};
const find = (id) => document.getElementById(id);
const timers = [];

export function showStages({ onOverdue }) {
  showLastToday();
  find("retry").addEventListener("click", () => location.reload());
  timers.push(setTimeout(() => { find("patience").hidden = false; }, PATIENCE_AFTER_MS));
  timers.push(setTimeout(() => onOverdue(OVERDUE), TROUBLE_AFTER_MS));
}

export function reach(stage) {
  const [step, words] = STAGES[stage];
  performance.mark(`stepwise-${stage}`);
  find("progress").value = step;
  if (find("stage").textContent !== words) find("stage").textContent = words;
}

// The sentence for a browser that cannot run the app, or null. Asked before anything is downloaded.
export function obstacle() {
  if (!isSecureContext) return "This address is not secure, so nothing can be kept. Ask your clinic for the https address.";
  if (typeof WebAssembly !== "object") return "This browser cannot run Stepwise. Update it, or use a current Chrome, Firefox or Safari.";
  if (!storageAnswers()) return "This browser keeps nothing. Leave private browsing or allow storage for this page, then try again.";
  return null;
}

// Once the app is on screen, its own screens speak: this does nothing then.
export function showTrouble(sentence) {
  timers.forEach(clearTimeout);
  if (!find("splash")) return;
  for (const id of ["stage", "progress", "patience"]) find(id).hidden = true;
  find("trouble-text").textContent = sentence;
  find("trouble").hidden = false;
  find("splash").classList.remove("leaving");
}

// Flutter builds the tree that screen readers use only once its placeholder is pressed: press it as soon as it appears.
export function openSemantics() {
  const press = () => {
    const placeholder = document.querySelector("flt-semantics-placeholder");
    if (!placeholder) return false;
    const { left, top, width, height } = placeholder.getBoundingClientRect();
    const middle = { clientX: left + width / 2, clientY: top + height / 2 }; // Flutter on phones insists on the middle
    placeholder.dispatchEvent(new MouseEvent("click", { bubbles: true, ...middle }));
    return true;
  };
  const observer = new MutationObserver(() => { if (press()) observer.disconnect(); });
  if (!press()) observer.observe(document.body, { childList: true, subtree: true });
}

// Calls back once the app's first screen is in the semantics tree, then clears the splash away.
export function leaveWhenDrawn(onDrawn) {
  const look = () => {
    const host = document.querySelector("flt-semantics-host");
    const drawn = framesFromPython() > 1 && host?.querySelector("span, [aria-label]");
    if (!drawn) return void setTimeout(look, LOOK_EVERY_MS);
    timers.forEach(clearTimeout);
    performance.mark("stepwise-drawn");
    find("splash").classList.add("leaving");
    setTimeout(() => { if (find("splash").classList.contains("leaving")) find("splash").remove(); }, 200);
    onDrawn();
  };
  look();
}

// payload: JSON {"on": "2026-11-22", "lines": ["4 exercises, about 12 min"]}, or "" to forget it.
export function keepLastToday(payload) {
  if (payload) localStorage.setItem(LAST_TODAY, payload);
  else localStorage.removeItem(LAST_TODAY);
}

function showLastToday() {
  let card = null;
  try { card = JSON.parse(localStorage.getItem(LAST_TODAY)); } catch { /* nothing that can be shown */ }
  const today = new Date().toLocaleDateString("sv"); // Swedish writes dates as ISO does
  if (isClinic || card?.on !== today || !Array.isArray(card.lines)) return;
  find("last-today").replaceChildren(...card.lines.map((line) => {
    const paragraph = document.createElement("p");
    paragraph.textContent = String(line);
    return paragraph;
  }));
  find("last-today").hidden = false;
}

function storageAnswers() {
  try {
    sessionStorage.getItem("stepwise");
    return Boolean(indexedDB && navigator.locks);
  } catch {
    return false;
  }
}
