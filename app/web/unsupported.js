// Runs only in browsers without module scripts: old ones, so it is written for them.
document.getElementById("stage").hidden = true;
document.getElementById("progress").hidden = true;
document.getElementById("trouble-text").textContent =
  "This browser is too old to run Stepwise. Update it, or use a current Chrome, Firefox or Safari.";
document.getElementById("trouble").hidden = false;
document.getElementById("retry").onclick = function () { location.reload(); };
