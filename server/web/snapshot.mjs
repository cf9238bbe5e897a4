// node snapshot.mjs PYODIDE_FOLDER ARCHIVE ENTRY LIBRARY SNAPSHOT
// Runs the browser's own Python in Node until everything for the screen at ENTRY is imported, writes its memory to
// SNAPSHOT, and starts once more from there: a snapshot that does not restore ends the build.
import nodeCrypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [pyodideFolder, archive, entry, library, snapshot] = process.argv.slice(2);
const { loadPyodide, version } = await import(pathToFileURL(path.join(pyodideFolder, "pyodide.mjs")).href);
const options = {
  indexURL: pyodideFolder + path.sep,
  stdLibURL: archive,
  lockFileContents: { info: { arch: "wasm32", abi_version: "2026_0", platform: "emscripten", version, python: "3.14.2" }, packages: {} },
};

process.on("uncaughtException", ({ stack }) => { console.error(stack); process.exit(1); }); // without Pyodide's source

// Same input, same bytes: nothing random and no time may get into the memory that is kept.
let counter = 0;
const count = (bytes) => { for (let at = 0; at < bytes.length; at += 1) bytes[at] = counter++ & 255; return bytes; };
crypto.getRandomValues = nodeCrypto.randomFillSync = count;
Date.now = () => 1_000_000_000_000;
performance.now = () => 1_000;

// Waits last for turns of the loop, so that what happens first does not depend on how fast the machine is.
const TURNS_PER_MS = 10;
const waits = new Map();
let [turns, waited] = [0, 0];
globalThis.setTimeout = (run, ms = 0) => {
  waits.set(++waited, { until: turns + ms * TURNS_PER_MS, run });
  if (waits.size === 1) setImmediate(turn);
  return waited;
};
globalThis.clearTimeout = (wait) => waits.delete(wait);
function turn() {
  turns += 1;
  const [over] = [...waits].filter(([, { until }]) => until <= turns);
  if (over) {
    waits.delete(over[0]);
    over[1].run();
  }
  if (waits.size) setImmediate(turn);
}

const python = await loadPyodide({ ...options, _makeSnapshot: true, env: { HOME: "/home/pyodide", PYTHONHASHSEED: "0" } });
const boot = python.pyimport("app.boot");
boot.prepare(entry);
await boot.rehearse(fs.readFileSync(library, "utf-8"));
boot.destroy();
python.runPython("import random; random.seed(0)");
python.runPython("import gc; gc.collect(); gc.collect(); gc.freeze()");
const { fromSnapshot, pack } = await import(new URL("../../app/web/memory.mjs", import.meta.url).href);
fs.writeFileSync(snapshot, Buffer.from(await pack(python.makeMemorySnapshot())));

const kept = await fromSnapshot(pathToFileURL(pyodideFolder + path.sep).href, new Response(fs.readFileSync(snapshot)));
const restored = await loadPyodide({ ...options, ...kept });
if (!restored.runPython("import sys; 'app.main' in sys.modules")) throw new Error("the snapshot does not restore");
