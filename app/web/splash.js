// What a person sees and hears until the app itself is on screen: true stages, patience, or one sentence and a way out.

import { framesFromPython } from "./glue.js";
import { isClinic } from "./opening.js";

const PATIENCE_AFTER_MS = 6_000;
const TROUBLE_AFTER_MS = 90_000;
const LOOK_EVERY_MS = 30;
const OURS_WITHIN_MS = 2_000;
const PIXELS_WITHIN_MS = 8_000;
const LOOK_AGAIN_MS = 400;
const FLET_WAITS = "Working...";
const TEXTS_WATCHED = 12;
const [WIDTH, HEIGHT] = [48, 96]; // of what is looked at
const CONTRAST = 24;
const SURFACES = [[0xfb, 0xf8, 0xf4], [0x11, 0x16, 0x15]]; // the ground of app/theme.py, light and dark
const OVERDUE = "This takes longer than it should. Check your network, then try again.";
const DOWNLOADING = "Downloading the app. This is needed only once.";
const ARRIVED = "The app is here. Starting it";
const MB = 1_000_000;
const STAGES = {
  python: [2, "Starting the app"],
  loaded: [3, isClinic ? "Opening the clinic" : "Opening your exercises"],
  connected: [4, isClinic ? "Opening the clinic" : "Opening your exercises"],
};
const find = (id) => document.getElementById(id);
const timers = [];
const pictures = { handed: 0, seen: 0, at: 0 };
let isBroken = false;
let missing = null; // bytes of a first visit's download, null where nothing is downloaded

export function showStages({ onOverdue }) {
  find("retry").addEventListener("click", () => location.reload());
  timers.push(setTimeout(() => { find("patience").hidden = false; }, PATIENCE_AFTER_MS));
  timers.push(setTimeout(() => onOverdue(OVERDUE), TROUBLE_AFTER_MS));
}

export function reach(stage) {
  const [step, words] = STAGES[stage];
  performance.mark(`stepwise-${stage}`);
  if (missing > 0) return; // the bytes that are still to come are what takes time
  if (missing === null) find("progress").value = step / 4;
  say(words);
}

// A first visit: how many bytes of those it waits for are here.
export function showArrived({ arrived, awaited }) {
  missing = awaited - arrived;
  if (!find("splash")) return;
  find("progress").value = arrived / awaited;
  find("arrived").hidden = false;
  find("arrived").textContent = `${(arrived / MB).toFixed(1)} of ${(awaited / MB).toFixed(1)} MB`;
  say(missing > 0 ? DOWNLOADING : ARRIVED);
}

function say(words) {
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
  for (const id of ["stage", "progress", "arrived", "patience", "last-today", "as-of"]) find(id).hidden = true;
  find("splash").classList.remove("with-picture");
  find("trouble-text").textContent = sentence;
  find("trouble").hidden = false;
  find("splash").classList.remove("leaving");
}

// The start has failed for good. Flet draws what it makes of that: no screen of the app.
export function expectNothing() {
  isBroken = true;
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

// Calls back once the app's first screen is in the semantics tree; the splash goes once the screen is in the pixels too.
export function leaveWhenDrawn({ onDrawn, onGone }) {
  // What Flet says while it waits for Python is behind the splash, and is not read out either.
  countPictures();
  const silence = new MutationObserver(() => document.querySelector("flutter-view")?.setAttribute("inert", ""));
  silence.observe(document.body, { childList: true });
  const look = () => {
    if (isBroken) return;
    const host = document.querySelector("flt-semantics-host");
    const texts = [...(host?.querySelectorAll("span, [aria-label]") ?? [])].map((each) => (each.ariaLabel || each.innerText).trim());
    const drawn = framesFromPython() > 1 && texts.some((text) => text && text !== FLET_WAITS);
    if (!drawn) return void setTimeout(look, LOOK_EVERY_MS);
    silence.disconnect();
    document.querySelector("flutter-view")?.removeAttribute("inert");
    timers.forEach(clearTimeout);
    performance.mark("stepwise-drawn");
    leaveWhenPainted(performance.now(), onGone);
    onDrawn();
  };
  look();
}

// Flutter lets the first theme grow out of its own over some frames: the picture stays until nothing moves any more.
// A slow device draws seconds later; a screen on another ground than ours is believed after a while.
function leaveWhenPainted(since, onGone, before = "") {
  const waited = performance.now() - since;
  const places = placesOfTexts();
  const isReady = places === before && hasNewPicture() && isPainted(waited > OURS_WITHIN_MS);
  if (waited < PIXELS_WITHIN_MS && !isReady) return void setTimeout(leaveWhenPainted, LOOK_EVERY_MS, since, onGone, places);
  performance.mark("stepwise-handed-over");
  find("splash").classList.add("leaving");
  setTimeout(() => { if (find("splash").classList.contains("leaving")) find("splash").remove(); }, 200);
  onGone();
}

function placesOfTexts() {
  const texts = [...document.querySelectorAll("flt-semantics-host :is(span, [aria-label])")].slice(0, TEXTS_WATCHED);
  return texts.map((text) => Object.values(text.getBoundingClientRect().toJSON()).join()).join(" ");
}

// Reading the canvas back waits until all that was drawn before is done, and is the dearest thing here: it is read when the
// engine has handed over another picture, and else now and then, for an engine that hands them over in another way.
function hasNewPicture() {
  const isNew = pictures.handed !== pictures.seen || performance.now() - pictures.at > LOOK_AGAIN_MS;
  if (isNew) Object.assign(pictures, { seen: pictures.handed, at: performance.now() });
  return isNew;
}

function countPictures() {
  const { prototype } = globalThis.ImageBitmapRenderingContext ?? {};
  const take = prototype?.transferFromImageBitmap;
  if (!take) return;
  prototype.transferFromImageBitmap = function (bitmap) {
    pictures.handed += 1;
    return take.call(this, bitmap);
  };
}

// The engine draws in a worker and is done later than the tree: whether our own ground is on its canvas (Flet waits on
// another one) and something on it, with the pictures that stand in the first picture. `isLate`: on any ground, without.
function isPainted(isLate) {
  const { context, boxes } = (isPainted.sample ??= smallCanvas());
  for (const canvas of document.querySelector("flt-glass-pane")?.shadowRoot?.querySelectorAll("canvas") ?? []) {
    context.clearRect(0, 0, WIDTH, HEIGHT);
    try { context.drawImage(canvas, 0, 0, WIDTH, HEIGHT); } catch { continue; } // a canvas of no size
    const { data } = context.getImageData(0, 0, WIDTH, HEIGHT);
    const whole = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
    const expected = isLate ? [whole] : [whole, ...boxes];
    if ((isLate || hasOurs(data)) && expected.every((box) => hasContrast(data, box))) return true;
  }
  return false;
}

function hasOurs(data) {
  const isOurs = (at) => SURFACES.some((ours) => ours.every((value, color) => Math.abs(value - data[at + color]) <= 1));
  for (let at = 0; at < data.length; at += 4) if (isOurs(at)) return true;
  return false;
}

function hasContrast(data, { left, top, right, bottom }, contrast = CONTRAST) {
  const [across, down] = [WIDTH / innerWidth, HEIGHT / innerHeight];
  const greens = [];
  for (let row = Math.ceil(top * down); row < Math.floor(bottom * down); row += 1) {
    for (let column = Math.ceil(left * across); column < Math.floor(right * across); column += 1) {
      greens.push(data[4 * (row * WIDTH + column) + 1]);
    }
  }
  return Math.max(...greens) - Math.min(...greens) > contrast;
}

// Where something of a picture is to be seen above the bar, as the first picture shows it.
function pictureBoxes(context) {
  const bar = document.querySelector("#last-today nav")?.getBoundingClientRect().top ?? 0;
  const [across, down] = [WIDTH / innerWidth, HEIGHT / innerHeight];
  context.fillStyle = "white";
  return [...document.querySelectorAll("#last-today img")].filter((each) => each.naturalWidth).flatMap((each) => {
    const { left, top, right, bottom, width, height } = each.getBoundingClientRect();
    const place = [left * across, top * down, width * across, height * down];
    context.fillRect(...place);
    context.drawImage(each, ...place);
    const box = { left, top, right, bottom: Math.min(bottom, bar) };
    return hasContrast(context.getImageData(0, 0, WIDTH, HEIGHT).data, box, 2 * CONTRAST) ? [box] : [];
  });
}

function smallCanvas() {
  const canvas = Object.assign(document.createElement("canvas"), { width: WIDTH, height: HEIGHT });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  return { context, boxes: pictureBoxes(context) };
}

function storageAnswers() {
  try {
    sessionStorage.getItem("stepwise");
    return Boolean(indexedDB && navigator.locks);
  } catch {
    return false;
  }
}
