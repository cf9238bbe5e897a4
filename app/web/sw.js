// Keeps the app on the device, so that it starts without a network after the first visit. Refuses to touch the API.
//
// One cache for each release: filled in the background with only what changed, whole before it is used, and checked file
// by file. A page is of one release: that of its index, which names all else by its content. A release that has never
// started is tried; the one before stays beside it until the new one has proved itself, and takes its place if it does
// not start. What is known of each release is a note beside the caches.

const KEEP = { /* what to keep: written by the build */ };
const renderer = new URL(location.href).searchParams.get("renderer");
const RELEASE = `stepwise-${KEEP.version}-${renderer}`;
const addresses = [...KEEP.immutable, ...(KEEP.renderers[renderer] ?? []), ...KEEP.named];
const PICTURES = "stepwise-pictures";
const NOTES = "releases";
const SHOWN = "reminders";
const SHOWN_AT_MOST = 200; // ids of reminders that are remembered
const API = "/v1";
const TRIES = 2; // starts that end without a word: perhaps the person left
const START_PATIENCE_MS = 20_000;
const NOTHING_HERE = "Stepwise could not start. Check your network, then open it again: nothing you entered was changed.";

const answers = {
  "take over": () => self.skipWaiting(),
  "keep the rest": keepLater,
  "keep pictures": ({ addresses }) => keepPictures(addresses.filter((path) => path in KEEP.pictures)),
  started: proveRelease,
  failed: standIn,
  mend: mendRelease,
};

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("message", (event) => {
  const { topic, ...said } = typeof event.data === "string" ? { topic: event.data } : event.data;
  event.waitUntil(Promise.resolve(answers[topic]?.(said)).then((answer) => event.ports[0]?.postMessage(answer)));
});
self.addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  const address = new URL(url);
  if (method !== "GET" || address.origin !== location.origin) return;
  if (address.pathname === API || address.pathname.startsWith(`${API}/`)) return;
  if (mode === "navigate" && isScreen(address.pathname)) event.respondWith(screen(event));
  else if (address.pathname.startsWith("/pictures/")) event.respondWith(picture(address.pathname));
  else event.respondWith(kept(address.pathname, event.request));
});

self.addEventListener("push", (event) => event.waitUntil(remind(event.data)));
self.addEventListener("notificationclick", (event) => event.waitUntil(openFrom(event.notification)));

// Downloading

async function install() {
  const { state } = await noteOf(RELEASE);
  if (state === "failed") throw new Error("this release did not start here");
  const others = await otherReleases();
  const order = 1 + Math.max(0, ...others.map((other) => other.order));
  if (state !== "started") await note(RELEASE, { state: "filling", order });
  await fill(others);
  if (state !== "started") await note(RELEASE, { state: "whole", contents: contentsOf([...addresses, ...KEEP.later]) });
  for (const { name, state } of others) if (state === "filling") await drop(name);
}

// What a failure leaves is gone on from the next time, unless the device is full: what a person enters needs that room.
async function fill(others) {
  const cache = await caches.open(RELEASE);
  const tries = await Promise.allSettled(addresses.map((address) => obtain(cache, address, others)));
  const failure = tries.find(({ status }) => status === "rejected")?.reason;
  if (failure?.name === "QuotaExceededError") await caches.delete(RELEASE);
  if (failure) throw failure;
}

// A file is there from a download that broke off, or another release keeps the same content, or it is fetched.
async function obtain(cache, address, others) {
  if (await holds(cache, address)) return;
  for (const { name, state, contents } of others) {
    const from = state === "before notes" ? address : addressOf(contents, KEEP.contents[address]);
    const known = from && (await caches.match(from, { cacheName: name }));
    if (!known) continue;
    await cache.put(address, from === address ? known : new Response(known.body, { headers: known.headers }));
    if (await holds(cache, address)) return;
  }
  await download(cache, address, KEEP.contents[address]);
}

async function download(cache, address, content) {
  for (const mode of [address.startsWith("/b/") ? "default" : "no-cache", "reload"]) {
    const response = await fetch(new Request(address, { cache: mode }));
    if (!response.ok) throw new Error(`${address}: ${response.status}`);
    await cache.put(address, response);
    if (await hasContent(await cache.match(address), content)) return;
  }
  await cache.delete(address);
  throw new Error(`${address}: not of this release`);
}

// What makes the next start faster, and what every exercise looks like; the app does without it until it is there.
async function keepLater() {
  if ((await noteOf(RELEASE)).state === "failed") return;
  const [cache, others] = [await caches.open(RELEASE), await otherReleases()];
  for (const address of KEEP.later) {
    if (!(await cache.match(address))) await obtain(cache, address, others).catch(() => null);
  }
  await keepPictures(Object.keys(KEEP.pictures).filter((path) => path.endsWith("/end.webp")));
}

// Starting

async function screen({ request, resultingClientId }) {
  const ours = indexOf(RELEASE); // nearly always the answer: read while it is being decided
  const release = await releaseFor(resultingClientId);
  return (await (release === RELEASE ? ours : indexOf(release))) ?? fetch(request).catch(() => new Response(NOTHING_HERE));
}

// Nothing when it is damaged and cannot be mended now.
async function indexOf(release) {
  const [index, { contents }] = await Promise.all([caches.match("/", { cacheName: release }), noteOf(release)]);
  if (!index || !contents || await hasContent(index.clone(), contents["/"])) return index;
  const cache = await caches.open(release);
  return download(cache, "/", contents["/"]).then(() => cache.match("/"), () => null);
}

async function kept(path, request) {
  const wanted = path.replace(/^(\/b\/[^/]+\/)fallback-font\/.*/, "$1assets/fonts/roboto.woff2");
  return (await caches.match(wanted, { cacheName: RELEASE })) ?? (await caches.match(wanted)) ?? fetch(request);
}

// The release this start uses: ours, unless it has not proved itself and its last try did not end well.
async function releaseFor(client) {
  const { state, trial } = await noteOf(RELEASE);
  const before = state === "started" ? null : await releaseBefore();
  if (!before) return RELEASE;
  if (state === "failed") return before;
  if (trial && await isUnderWay(trial)) return RELEASE;
  if (trial && !trial.over) {
    if (trial.count >= TRIES) await giveUp();
    else await note(RELEASE, { trial: { ...trial, over: true } });
    return before;
  }
  await note(RELEASE, { trial: { count: (trial?.count ?? 0) + 1, client, at: Date.now() } });
  return RELEASE;
}

async function isUnderWay({ client, at }) {
  return Date.now() - at < START_PATIENCE_MS && Boolean(await self.clients.get(client));
}

async function releaseBefore() {
  const others = await otherReleases();
  return others.find(({ state }) => state === "started" || state === "before notes")?.name;
}

// Judging

async function proveRelease({ version }) {
  if (version !== KEEP.version) return;
  await note(RELEASE, { state: "started" });
  if ((await self.clients.matchAll({ type: "window", includeUncontrolled: true })).length > 1) return;
  const { order } = await noteOf(RELEASE);
  for (const other of await otherReleases()) if (other.order < order) await drop(other.name);
  await dropOldPictures();
}

// The page of a version could not start. Answers how the next start does better: with the files as they are now
// (`again`), with another worker once it is in charge (`switch`), or not at all.
async function standIn({ version }) {
  const { state } = await noteOf(RELEASE);
  const isOnTrial = version === KEEP.version && state !== "started" && state !== "failed";
  if (isOnTrial && await releaseBefore()) return giveUp();
  return (await mendRelease({ version })) || moveOn();
}

// Not tried again until a newer one comes: the note stays, the files go.
async function giveUp() {
  await note(RELEASE, { state: "failed" });
  await caches.delete(RELEASE);
  return "again";
}

// Fetches what is not as the build wrote it. What only makes a start faster has its own way out (worker.js).
async function mendRelease({ version }) {
  const name = version === KEEP.version ? RELEASE : await releaseBefore();
  const { state, contents } = await noteOf(name);
  if (!contents || state === "failed") return "";
  const cache = await caches.open(name);
  let mended = 0;
  for (const [address, content] of Object.entries(contents)) {
    if (KEEP.later.includes(address)) continue;
    const known = await cache.match(address);
    if (known && await hasContent(known, content)) continue;
    await cache.delete(address);
    await download(cache, address, content).then(() => { mended += 1; }, () => null);
  }
  return mended ? "again" : "";
}

// A release that cannot be mended, as when the server has only a newer one, gives way to that at once.
async function moveOn() {
  await self.registration.update().catch(() => null);
  const { installing } = self.registration;
  if (installing) await new Promise((done) => { installing.onstatechange = done; });
  self.registration.waiting?.postMessage("take over");
  return self.registration.waiting ? "switch" : "";
}

// Notes

async function note(release, change) {
  const all = { ...(await noteOf(release)), ...change };
  await (await caches.open(NOTES)).put(`/${release}`, new Response(JSON.stringify(all)));
}

async function noteOf(release) {
  const known = await caches.match(`/${release}`, { cacheName: NOTES });
  return known ? known.json() : {};
}

// The newest first.
async function otherReleases() {
  const noted = (await (await caches.open(NOTES)).keys()).map(({ url }) => new URL(url).pathname.slice(1));
  const names = new Set([...noted, ...(await caches.keys()).filter((name) => name.startsWith("stepwise-") && name !== PICTURES)]);
  names.delete(RELEASE);
  const unknown = { state: "before notes", contents: {}, order: 0 };
  const others = await Promise.all([...names].map(async (name) => ({ name, ...unknown, ...(await noteOf(name)) })));
  return others.sort((one, other) => other.order - one.order);
}

async function drop(release) {
  await caches.delete(release);
  await (await caches.open(NOTES)).delete(`/${release}`);
}

// Reminders

const showing = new Set();

// A message says which sentence of the white list to show, and nothing else of it is ever shown. An id that was shown is
// not shown again: a server that is killed while sending may send it twice.
async function remind(data) {
  const said = read(data);
  if (typeof said?.id !== "string" || !said.id || showing.has(said.id)) return;
  showing.add(said.id);
  if (await wasShown(said.id)) return;
  const { sentences, opens, otherwise } = KEEP.reminders;
  const language = String(said.language).split("-")[0];
  const words = sentences[Object.hasOwn(sentences, language) ? language : otherwise.language];
  const key = Object.hasOwn(words, said.sentence) ? said.sentence : otherwise.sentence;
  const shown = { body: words[key], tag: said.id, icon: "/icons/icon-192.png" };
  try {
    await self.registration.showNotification("Stepwise", { ...shown, data: { id: said.id, path: opens[key] } });
    await rememberShown(said.id);
  } finally {
    showing.delete(said.id); // one that could not be shown may come again
  }
}

function read(data) {
  try { return data.json(); } catch { return null; }
}

const noteOfShown = (id) => `/${encodeURIComponent(id)}`;

async function wasShown(id) {
  return Boolean(await caches.match(noteOfShown(id), { cacheName: SHOWN }).catch(() => null));
}

// A device without room remembers nothing: then the tag keeps the second from standing beside the first.
async function rememberShown(id) {
  try {
    const cache = await caches.open(SHOWN);
    await cache.put(noteOfShown(id), new Response(""));
    const outdated = (await cache.keys()).slice(0, -SHOWN_AT_MOST);
    await Promise.all(outdated.map((request) => cache.delete(request)));
  } catch { /* no room */ }
}

// The app that is open comes to the front and goes there itself; else it is opened there.
async function openFrom(notification) {
  notification.close();
  const { id, path } = notification.data ?? { id: "", path: "/" };
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const page = pages.find(({ url }) => !new URL(url).pathname.startsWith("/clinic"));
  if (!page) return self.clients.openWindow(`${path}#r=${encodeURIComponent(id)}`);
  page.postMessage({ topic: "opened", id, path });
  return page.focus().catch(() => null);
}

// Contents

const contentsOf = (addresses) => Object.fromEntries(addresses.map((address) => [address, KEEP.contents[address]]));
const addressOf = (contents, content) => Object.keys(contents).find((address) => contents[address] === content);

async function holds(cache, address) {
  const known = await cache.match(address);
  return Boolean(known) && hasContent(known, KEEP.contents[address]);
}

async function hasContent(response, content) {
  const bytes = await response.arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("").startsWith(content);
}

// Pictures are kept by the hash of their content, so that a release fetches only those that changed.
const pictureKey = (path) => `${path}?content=${KEEP.pictures[path]}`;

async function picture(path) {
  const known = await caches.match(pictureKey(path), { cacheName: PICTURES });
  if (known) return known;
  const response = await fetch(path, { cache: "no-cache" });
  if (response.ok && path in KEEP.pictures) {
    const [cache, copy] = [await caches.open(PICTURES), response.clone()];
    await cache.put(pictureKey(path), copy).catch(() => null); // no room: it is shown all the same
  }
  return response;
}

// One by one, behind everything else. It ends without a network or room, or when the first is gone because an entry needed
// the room, and goes on at the next start; a picture that is missing until then is fetched when it is first shown.
async function keepPictures(paths) {
  const isKept = (path) => caches.match(pictureKey(path), { cacheName: PICTURES });
  for (const path of paths) {
    if (await isKept(path)) continue;
    await picture(path).catch(() => null);
    if (!(await isKept(path)) || !(await isKept(paths[0]))) return;
  }
}

async function dropOldPictures() {
  const cache = await caches.open(PICTURES);
  const current = new Set(Object.keys(KEEP.pictures).map((path) => new URL(pictureKey(path), location.href).href));
  const outdated = (await cache.keys()).filter((request) => !current.has(request.url));
  await Promise.all(outdated.map((request) => cache.delete(request)));
}

function isScreen(path) {
  return !path.split("/").at(-1).includes(".");
}
