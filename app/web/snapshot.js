// Whether a start may begin from the snapshot of Python's memory: not on this device once it failed here, until the next
// release, and not with `?snapshot=off`.

const FAILED = "stepwise.snapshot-failed";

export function snapshotFor(own) {
  const isOff = new URLSearchParams(location.search).get("snapshot") === "off";
  return isOff || read() === own ? "" : `${own}patient.snapshot`;
}

export function giveUpSnapshot(own) {
  try { localStorage.setItem(FAILED, own); } catch { /* storage is blocked: the next start tries again */ }
}

function read() {
  try { return localStorage.getItem(FAILED); } catch { return null; }
}
