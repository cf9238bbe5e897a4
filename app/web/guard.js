// Begins a start once the first picture is on the screen, and watches it from outside of it until the app is there.
// Written for old browsers too, because it tells them that they are too old. What fails is first put to the service worker,
// which knows whether the device keeps it as it should be and whether there is another version to go back to; only then to
// the person, in one sentence. The build puts this into the page itself: it is there whenever the page is.
(function () {
  var OLD = "This browser is too old to run Stepwise. Update it, or use a current Chrome, Firefox or Safari.";
  var FAILED = find("trouble-text").textContent;
  var PATIENCE_MS = 20000;
  var DOUBT_AFTER_MS = 15000;
  var PICTURE_WITHIN_MS = 1500;
  var isBegun = false;
  var isOver = false;
  var isAsked = false;
  var isUnreadable = false;

  function find(id) { return document.getElementById(id); }

  // What the page is of: the script that opens the app, which stands in the page from the beginning of the start on.
  function opener() { return document.querySelector("script[data-version]"); }

  // Two cores are enough for one thing: drawing the picture, or starting Flutter and Python.
  function prepare() {
    if (find("last-today").hidden || document.hidden) return begin();
    document.addEventListener("visibilitychange", begin);
    setTimeout(begin, PICTURE_WITHIN_MS);
    if (performance.getEntriesByType("paint").length) requestAnimationFrame(function () { setTimeout(begin); });
    else try { new PerformanceObserver(begin).observe({ type: "paint" }); } catch (unknown) { begin(); }
  }

  function begin() {
    if (isBegun) return;
    isBegun = true;
    document.head.appendChild(document.importNode(find("start").content, true));
  }

  function say(sentence) {
    find("stage").hidden = true;
    find("progress").hidden = true;
    find("trouble-text").textContent = sentence;
    find("trouble").hidden = false;
    find("retry").onclick = reload;
  }

  function keeper() {
    try { return window.MessageChannel && navigator.serviceWorker && navigator.serviceWorker.controller; } catch (blocked) { return null; }
  }

  function reload() { location.reload(); }

  // The browser's memory may still hold what was damaged: it is fetched past that memory first.
  function again() {
    var scripts = performance.getEntriesByType("resource").filter(function (each) { return /\.(js|mjs|css)$/.test(each.name); });
    var fetches = scripts.map(function (each) { return fetch(each.name, { cache: "reload" }); });
    Promise.all(fetches).then(reload, reload);
  }

  // Asks the service worker to do better, and starts again if it did.
  function ask(topic, otherwise) {
    var worker = keeper();
    if (!worker) return otherwise();
    var channel = new MessageChannel();
    var timer = setTimeout(otherwise, PATIENCE_MS);
    channel.port1.onmessage = function (event) {
      if (isOver) return;
      clearTimeout(timer);
      if (event.data === "again") again();
      else if (event.data === "switch") navigator.serviceWorker.addEventListener("controllerchange", reload);
      else otherwise();
    };
    worker.postMessage({ topic: topic, version: opener() && opener().getAttribute("data-version") }, [channel.port2]);
  }

  function failed(otherwise) {
    if (isOver) return otherwise();
    isAsked = true;
    ask("failed", otherwise);
  }

  // An error may be harmless, or the first sign of a damaged file.
  function noticed(event) {
    if (isOver || isAsked) return;
    isAsked = true;
    isUnreadable = event.error instanceof SyntaxError;
    if (event.target && event.target.tagName === "SCRIPT") failed(function () { say(FAILED); });
    else ask("mend", function () {});
  }

  // Some damage is passed over in silence, as that of Python's own WebAssembly: a start that takes long is looked into.
  function doubted() {
    if (!isOver && !isAsked) ask("mend", function () {});
  }

  function loaded(event) {
    if (event.target !== opener() || isOver || window.flet) return;
    failed(function () { say(isUnreadable && !keeper() ? OLD : FAILED); });
  }

  if (!("noModule" in document.createElement("script"))) return say(OLD);
  window.stepwiseGuard = { failed: failed, end: function () { isOver = true; } };
  addEventListener("error", noticed, true);
  addEventListener("unhandledrejection", noticed);
  document.addEventListener("load", loaded, true);
  document.addEventListener("DOMContentLoaded", prepare);
  setTimeout(doubted, DOUBT_AFTER_MS);
})();
