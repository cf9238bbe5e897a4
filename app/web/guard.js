// Watches a start from outside of it, until the app is on screen. Written for old browsers too, because it tells them
// that they are too old. What fails is first put to the service worker, which knows whether the device keeps it as it
// should be and whether there is another version to go back to; only then to the person, in one sentence.
(function () {
  var OLD = "This browser is too old to run Stepwise. Update it, or use a current Chrome, Firefox or Safari.";
  var FAILED = find("trouble-text").textContent;
  var PATIENCE_MS = 20000;
  var DOUBT_AFTER_MS = 15000;
  var version = document.querySelector("script[data-version]").getAttribute("data-version");
  var isOver = false;
  var isAsked = false;
  var isUnreadable = false;

  function find(id) { return document.getElementById(id); }

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
    worker.postMessage({ topic: topic, version: version }, [channel.port2]);
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

  function loaded() {
    if (!isOver && !window.flet) failed(function () { say(isUnreadable && !keeper() ? OLD : FAILED); });
  }

  if (!("noModule" in document.createElement("script"))) return say(OLD);
  window.stepwiseGuard = { failed: failed, end: function () { isOver = true; } };
  addEventListener("error", noticed, true);
  addEventListener("unhandledrejection", noticed);
  addEventListener("load", loaded);
  setTimeout(doubted, DOUBT_AFTER_MS);
})();
