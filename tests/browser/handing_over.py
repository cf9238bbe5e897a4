"""Eyes on a start: what the page's first picture shows beside what Flutter shows when it takes over."""

import io
from dataclasses import dataclass

from PIL import Image, ImageChops
from playwright.sync_api import Page

from tests.browser.visitor import let_it_draw

WATCH = r"""
(() => {
  const said = (node) => (node.ariaLabel || node.innerText || "").replace(/\p{Co}/gu, " ").replace(/\s+/g, " ").trim();
  const box = (node) => { const { left, top, bottom } = node.getBoundingClientRect(); return [left, top, bottom]; };
  const marked = (name) => performance.getEntriesByName(`stepwise-${name}`).length > 0;
  const readable = "flutter-view:not([inert]) flt-semantics-host :is([aria-label], span, [role], h1, h2)";
  const drawn = () => [...document.querySelectorAll(readable)]
    .filter((node) => said(node) && !["group", "tablist"].includes(node.role));
  const watched = { states: [], moved: [], alone: [], taps: null };
  globalThis.watched = watched;
  const compare = () => {
    const [, bar] = box(document.querySelector("#last-today nav")); // Flutter cuts off what the bar cuts through
    const seen = (node) => {
      const [left, top, bottom] = box(node);
      return [left, top, top < bar && !node.closest("nav") ? Math.min(bottom, bar) : bottom];
    };
    const painted = [...document.querySelectorAll("#last-today *")].map((node) => [said(node), seen(node)]);
    watched.taps = document.querySelectorAll("#last-today :is(button, a, [tabindex], [role=button])").length;
    for (const node of drawn()) {
      const twins = painted.filter(([words]) => words === said(node)).map(([, where]) => where);
      const steps = twins.map((twin) => Math.max(...twin.map((edge, at) => Math.abs(edge - box(node)[at]))));
      if (twins.length) watched.moved.push([said(node), Math.min(...steps)]);
      else watched.alone.push(said(node));
    }
  };
  const look = () => {
    const state = [...new Set(drawn().map(said))].sort().join(" | ");
    if (state && state !== watched.states.at(-1)) watched.states.push(state);
    if (!marked("handed-over")) return requestAnimationFrame(look);
    compare();
  };
  document.addEventListener("DOMContentLoaded", look);
})();
"""


@dataclass(frozen=True)
class HandOver:
    """`moved`: each thing both show, and how many pixels an edge of it moved (right edges do not count: words end where
    they end). `alone`: what only Flutter shows. `states`: all that was readable until the picture went. `taps`: how
    many things in the picture could be tapped. `flash`: the share of points that still changed once it was gone."""

    moved: dict[str, float]
    alone: list[str]
    states: list[str]
    taps: int
    flash: float


def hand_over(page: Page) -> HandOver:
    """What was seen of the last start, whose page had WATCH as an init script, once the picture is gone."""
    page.wait_for_selector("#splash", state="detached")
    at_once = _photograph(page)
    let_it_draw(page, frames=60)
    changed = ImageChops.difference(at_once, _photograph(page)).histogram()
    seen = page.evaluate("watched")
    flash = sum(changed[32:]) / sum(changed)
    return HandOver(dict(seen["moved"]), seen["alone"], seen["states"], seen["taps"], flash)


def _photograph(page: Page) -> Image.Image:
    return Image.open(io.BytesIO(page.screenshot())).convert("L")
