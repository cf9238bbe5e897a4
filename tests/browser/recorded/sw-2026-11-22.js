// Keeps the app on the device, so that it starts without a network after the first visit. Refuses to touch the API.
// One cache per version, complete or not there at all; a new version takes over at the next start, never mid-session.

const KEEP = { /* what to keep: written by the build */ };
const renderer = new URL(location.href).searchParams.get("renderer");
const CACHE = `stepwise-${KEEP.version}-${renderer}`;
const PICTURES = "stepwise-pictures";
const API = "/v1";

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("message", (event) => {
  if (event.data === "take over") self.skipWaiting();
  if (event.data === "keep the rest") event.waitUntil(keepLater());
});
self.addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  const address = new URL(url);
  if (method !== "GET" || address.origin !== location.origin) return;
  if (address.pathname === API || address.pathname.startsWith(`${API}/`)) return;
  const path = mode === "navigate" && isScreen(address.pathname) ? "/" : address.pathname;
  event.respondWith(path.startsWith("/pictures/") ? picture(path) : kept(path, event.request));
});

async function install() {
  try {
    const cache = await caches.open(CACHE);
    await Promise.all([
      ...[...KEEP.immutable, ...(KEEP.renderers[renderer] ?? [])].map((address) => takeOver(cache, address)),
      ...KEEP.named.map((address) => store(cache, address, new Request(address, { cache: "no-cache" }))),
    ]);
  } catch (error) {
    await caches.delete(CACHE);
    throw error;
  }
  await keepStills();
}

async function activate() {
  const outdated = (await caches.keys()).filter((name) => name.startsWith("stepwise-") && name !== CACHE && name !== PICTURES);
  await Promise.all(outdated.map((name) => caches.delete(name)));
  await dropOldPictures();
  await self.clients.claim();
}

// An immutable file that an older version already keeps is not fetched again.
async function takeOver(cache, address) {
  const known = await caches.match(address);
  if (known) return cache.put(address, known);
  return store(cache, address, new Request(address));
}

// What makes the next start faster; the app does without it until it is there.
async function keepLater() {
  const cache = await caches.open(CACHE);
  for (const address of KEEP.later) {
    if (!(await cache.match(address))) await takeOver(cache, address).catch(() => null);
  }
}

async function store(cache, address, request) {
  const response = await fetch(request);
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return cache.put(address, response);
}

async function kept(path, request) {
  const cache = await caches.open(CACHE);
  const wanted = path.startsWith(`${KEEP.engine}fallback-font/`) ? `${KEEP.engine}assets/fonts/roboto.woff2` : path;
  return (await cache.match(wanted)) ?? fetch(request);
}

// Pictures are kept by the hash of their content, so that a release fetches only those that changed.
const pictureKey = (path) => `${path}?content=${KEEP.pictures[path]}`;

async function picture(path) {
  const cache = await caches.open(PICTURES);
  const known = await cache.match(pictureKey(path));
  if (known) return known;
  const response = await fetch(path, { cache: "no-cache" });
  if (response.ok && path in KEEP.pictures) await cache.put(pictureKey(path), response.clone());
  return response;
}

// A still that cannot be fetched now is fetched when it is first shown: it does not hold up the app.
async function keepStills() {
  const stills = Object.keys(KEEP.pictures).filter((path) => !path.endsWith("/loop.webp"));
  for (const path of stills) await picture(path).catch(() => null);
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
