// What the app is opened with, read once before anything else runs. The secret behind `#` leaves the address bar here.

const SESSION_PREFIX = "stepwise.";

const { origin, pathname, search, hash } = location;
if (hash) history.replaceState(history.state, "", pathname + search);

// An invitation opened while the app is already on screen changes the fragment only: start again with it, before
// Flutter (which listens later) takes it for an address of its own.
addEventListener("popstate", (event) => {
  if (location.hash.length <= 1) return;
  event.stopImmediatePropagation();
  location.reload();
});

// Flutter restored from WebKit's back/forward cache never paints again (see flet-web's index.html): start again.
addEventListener("pageshow", (event) => {
  if (event.persisted && navigator.vendor?.startsWith("Apple")) location.reload();
});

export const zone = () => Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

export const isClinic = pathname === "/clinic" || pathname.startsWith("/clinic/");

// The names are those of `Opening` in app/platform/browser.py.
export const opening = {
  origin,
  path: pathname,
  fragment: decodeURIComponent(hash.slice(1)),
  zone: zone(),
  device_name: deviceName(),
  session: readSession(),
  reduced_motion: matchMedia("(prefers-reduced-motion: reduce)").matches,
};

export function keepInSession({ key, value }) {
  if (value === null) sessionStorage.removeItem(SESSION_PREFIX + key);
  else sessionStorage.setItem(SESSION_PREFIX + key, value);
}

function readSession() {
  const kept = {};
  try {
    for (const key of Object.keys(sessionStorage)) {
      if (key.startsWith(SESSION_PREFIX)) kept[key.slice(SESSION_PREFIX.length)] = sessionStorage.getItem(key);
    }
  } catch { /* storage is blocked: `obstacle` in splash.js says so */ }
  return kept;
}

function deviceName() {
  const agent = navigator.userAgent;
  const browser = [[/Edg/, "Edge"], [/OPR/, "Opera"], [/SamsungBrowser/, "Samsung Internet"], [/Firefox|FxiOS/, "Firefox"],
    [/Chrom|CriOS/, "Chrome"], [/Safari/, "Safari"]].find(([sign]) => sign.test(agent))?.[1] ?? "Browser";
  const system = [[/iPhone/, "iPhone"], [/iPad/, "iPad"], [/Android/, "Android"], [/CrOS/, "ChromeOS"], [/Mac OS/, "Mac"],
    [/Windows/, "Windows"], [/Linux/, "Linux"]].find(([sign]) => sign.test(agent))?.[1] ?? "this device";
  return `${browser} on ${system}`;
}
