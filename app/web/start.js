// The page's own script: opens the app in its order. Everything here is wiring; each part says for itself what it does.

import { isClinic, keepInSession, opening, zone } from "./opening.js";
import { startPython, tellPython } from "./glue.js";
import { answerNotifying, watchTaps } from "./notifying.js";
import { beginSnapshot, giveUpSnapshot, snapshotFor } from "./snapshot.js";
import { tally, watchArrivals } from "./arriving.mjs";
import { expectNothing, leaveWhenDrawn, obstacle, openSemantics, reach, showArrived, showStages, showTrouble } from "./splash.js";
import { keepApp, keepPictures, update } from "./keeper.js";

const { engine, own, awaited, version } = document.querySelector("script[data-engine]").dataset;
const LAST_TODAY = "stepwise.last-today";
const FAILED = document.getElementById("trouble-text").textContent;
const guard = globalThis.stepwiseGuard ?? { failed: (otherwise) => otherwise(), end: () => {} };
const opened = signal();
const drawn = signal();

const topics = {
  stage: reach,
  connected: () => reach("connected"),
  crashed: breakOff,
  failed: (reason) => { console.warn("stepwise: start failed", reason); breakOff(); },
  session: (payload) => keepInSession(JSON.parse(payload)),
  theme: showTheme,
  "from-snapshot": beginSnapshot,
  "snapshot-failed": () => giveUpSnapshot(own),
  update,
  "last-today": keepLastToday,
  "keep-pictures": keepPictures,
  started: opened.come,
  notifying: (payload) => answerNotifying(payload).then((answer) => tellPython("notifying", answer)),
};

// The names and values are Flet's: its flutter_bootstrap.js and its Dart code read them.
globalThis.flet = {
  pyodide: true,
  multiView: false,
  noCdn: true,
  webSocketEndpoint: "/ws",
  entrypointBaseUrl: engine,
  assetBase: engine,
  canvasKitBaseUrl: `${engine}canvaskit/`,
  fontFallbackBaseUrl: `${engine}fallback-font/`,
  routeUrlStrategy: "path",
  webRenderer: chooseRenderer(),
  flutterAppResolve: () => {},
};

addManifest();
showStages({ onOverdue: stop });
const sentence = obstacle();
if (sentence) {
  showTrouble(sentence);
} else {
  const expected = isKept() ? {} : JSON.parse(awaited)[keptRenderer()];
  const count = tally(expected);
  topics.arrived = ({ address, share }) => showArrived(count(address, share));
  if (!isKept()) watchArrivals(globalThis, expected, (address, share) => topics.arrived({ address, share }));
  if (isClinic) fetch(`${own}later.zip`).then((half) => half.arrayBuffer()); // under way when Python asks for its half
  startFlutter();
  startPython(`${own}worker.js`, { ...opening, engine, expected, snapshot: isClinic ? "" : snapshotFor(own) }, receive);
  openSemantics();
  leaveWhenDrawn({ onDrawn: drawn.come, onGone: () => tellPython("shown", "") });
  drawn.then(guard.end);
  drawn.then(() => keepApp(keptRenderer(), { isPatient: !isClinic, version, opened })).catch((error) => console.warn("stepwise: not kept", error.name));
  if (!isClinic) watchTaps((tap) => tellPython("tapped", tap));
  addEventListener("online", wake);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") wake(); });
}

function startFlutter() {
  const script = document.createElement("script");
  script.src = `${engine}flutter_bootstrap.js`;
  document.head.append(script);
}

// A page that storage turns away goes on without it.
function receive(topic, payload) {
  try {
    topics[topic]?.(payload);
  } catch (error) {
    console.warn("stepwise: not done", topic, error.name);
  }
}

function breakOff() {
  expectNothing();
  stop(FAILED);
}

function stop(sentence) {
  guard.failed(() => {
    giveUpSnapshot(own);
    showTrouble(sentence);
  });
}

function signal() {
  let come = null;
  return Object.assign(new Promise((resolve) => { come = resolve; }), { come });
}

// Whether the service worker has the app: then nothing is awaited from the network.
function isKept() {
  try { return Boolean(navigator.serviceWorker?.controller); } catch { return false; }
}

function wake() {
  tellPython("wake", zone());
}

// `?renderer=skwasm` or `?renderer=canvaskit` overrides the choice, for tests.
function chooseRenderer() {
  const asked = new URLSearchParams(location.search).get("renderer");
  if (["skwasm", "canvaskit"].includes(asked)) return asked;
  const hasGarbageCollection = globalThis.WebAssembly?.validate?.(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 95, 1, 120, 0]));
  const canDraw = Boolean(document.createElement("canvas").getContext("webgl2"));
  return isChromium() && hasGarbageCollection && canDraw ? "skwasm" : "canvaskit";
}

// Which files of the chosen renderer Flutter's loader will fetch: the same questions flutter_bootstrap.js asks.
function keptRenderer() {
  const isLight = isChromium() && typeof ImageDecoder === "function" && Boolean(Intl.v8BreakIterator && Intl.Segmenter);
  if (flet.webRenderer === "skwasm") return isLight ? "skwasm" : "skwasm_heavy";
  return isLight ? "canvaskit_chromium" : "canvaskit";
}

function isChromium() {
  return navigator.vendor === "Google Inc." || navigator.userAgent.includes("Edg/");
}

function addManifest() {
  const link = document.createElement("link");
  link.rel = "manifest";
  link.href = isClinic ? "/clinic.webmanifest" : "/manifest.webmanifest";
  document.head.append(link);
}

// payload: JSON as `card_of` in app/patient/start_card.py makes it, or "" to forget it. first.js paints it at the next starts.
function keepLastToday(payload) {
  if (payload) localStorage.setItem(LAST_TODAY, payload);
  else localStorage.removeItem(LAST_TODAY);
}

// payload: the color of the app's top edge, "#RRGGBB"; it stands in for the two that follow the system.
function showTheme(color) {
  const [first, ...others] = document.querySelectorAll("meta[name=theme-color]");
  others.forEach((meta) => meta.remove());
  first.removeAttribute("media");
  first.content = color;
}
