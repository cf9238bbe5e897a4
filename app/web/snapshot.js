// Whether a start may begin from the snapshot of Python's memory: not on this device once what began from it failed, for
// whatever reason, until the next release; and not with `?snapshot=off`.

const FAILED = "stepwise.snapshot-failed";
let isBegun = false;

export function snapshotFor(own) {
  const isOff = new URLSearchParams(location.search).get("snapshot") === "off";
  return isOff || read() === own ? "" : `${own}patient.snapshot`;
}

export function beginSnapshot() {
  isBegun = true;
}

// Does nothing to a start that did not begin from it.
export function giveUpSnapshot(own) {
  if (!isBegun) return;
  try { localStorage.setItem(FAILED, own); } catch { /* storage is blocked: the next start tries again */ }
}

function read() {
  try { return localStorage.getItem(FAILED); } catch { return null; }
}
