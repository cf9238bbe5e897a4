// Keeps the app on the device: registers the service worker, asks for lasting storage, moves to a new version, and says
// when one has started.

const UPDATE_WAIT_MS = 30_000;

// `renderer` names the part of the precache list this browser uses; `opened` comes true once Python's first screen is
// open. Called once the app is drawn, so that the first start shares its downloads with the precache instead of racing
// them.
export async function keepApp(renderer, { isPatient, version, opened }) {
  if (!navigator.serviceWorker) return;
  await navigator.serviceWorker.register(`/sw.js?renderer=${renderer}`, { updateViaCache: "none" });
  const { active } = await navigator.serviceWorker.ready;
  opened.then(() => active.postMessage({ topic: "started", version }));
  if (!isPatient) return;
  await navigator.storage?.persist?.();
  active.postMessage("keep the rest");
}

// A new version waits until the next start. Python asks for it at once when the server no longer speaks ours.
export async function update() {
  const registration = await navigator.serviceWorker?.getRegistration();
  const waiting = registration && (await newest(registration));
  if (!waiting) return location.reload();
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
  waiting.postMessage("take over");
}

// payload: JSON list of addresses below /pictures/ that a program needs. Asked for once the app is kept, so that no
// picture competes with what the first screen waits for.
export async function keepPictures(payload) {
  const { active } = (await navigator.serviceWorker?.ready) ?? {};
  active?.postMessage({ topic: "keep pictures", addresses: JSON.parse(payload) });
}

async function newest(registration) {
  await registration.update().catch(() => null);
  const installing = registration.installing;
  if (installing) {
    await new Promise((resolve) => {
      installing.addEventListener("statechange", () => { if (installing.state !== "installing") resolve(); });
      setTimeout(resolve, UPDATE_WAIT_MS);
    });
  }
  return registration.waiting;
}
