// What Python, in its worker, cannot ask the browser itself: whether notifications are allowed, the person's consent, and
// the subscription at the browser's push service. And where a tap on a notification leads while the app is open.
//
// Nothing is asked of the person here but in `allow`, which Python calls after a tap on a button that says what for.

const answers = { state, allow, subscribe, unsubscribe };

// payload: {"id", "ask", "key"}. Answers {"id", "permission", "subscription"}, the last only where there is one.
export async function answerNotifying(payload) {
  const { id, ask, key } = JSON.parse(payload);
  const subscription = await Promise.resolve(answers[ask]?.(key)).catch(() => null);
  return JSON.stringify({ id, permission: permission(), subscription: subscription ?? null });
}

// A tap on a notification, as sw.js tells it: {"topic": "opened", "id", "path"}.
export function watchTaps(onTap) {
  navigator.serviceWorker?.addEventListener("message", ({ data }) => {
    if (data?.topic === "opened") onTap(JSON.stringify({ id: data.id, path: data.path }));
  });
  navigator.serviceWorker?.startMessages();
}

function permission() {
  const isAble = "Notification" in globalThis && "PushManager" in globalThis && Boolean(navigator.serviceWorker);
  return isAble ? Notification.permission : "unsupported";
}

async function state() {
  if (permission() !== "granted") return null;
  const { pushManager } = await navigator.serviceWorker.ready;
  return parts(await pushManager.getSubscription());
}

async function allow() {
  if (permission() !== "unsupported") await Notification.requestPermission();
}

// A subscription made with another key is of no use to the server: it is replaced.
async function subscribe(key) {
  if (permission() !== "granted") return null;
  const { pushManager } = await navigator.serviceWorker.ready;
  const options = { userVisibleOnly: true, applicationServerKey: bytes(key) };
  try {
    return parts(await pushManager.subscribe(options));
  } catch (error) {
    if (error.name !== "InvalidStateError") throw error;
    await (await pushManager.getSubscription())?.unsubscribe();
    return parts(await pushManager.subscribe(options));
  }
}

async function unsubscribe() {
  const { pushManager } = await navigator.serviceWorker.ready;
  await (await pushManager.getSubscription())?.unsubscribe();
}

function parts(subscription) {
  if (!subscription) return null;
  const { endpoint, keys } = subscription.toJSON();
  return { endpoint, ...keys };
}

function bytes(key) {
  const text = atob(key.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}
