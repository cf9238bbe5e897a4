// The first picture: Today as it will stand, painted from what Python left behind (app/patient/start_card.py), box for box
// where Flutter will draw it. It answers no tap and looks so; it is never painted on another screen than Today, for the
// clinic, over an invitation, or where it would not fit. The build puts this into the page itself, with the fonts it
// needs, so that nothing has to be waited for; guard.js begins with everything else once it is on the screen.

const KEPT = "stepwise.last-today";
const FORMAT = 2;
const WIDE = 700;
const icons = { /* code points: written by the build */ };
const find = (id) => document.getElementById(id);

// What stands for this moment; null where nothing is kept, or nothing of it may be shown here.
function pictureOfNow() {
  const card = read();
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
  if (!card || location.pathname !== "/" || location.hash.length > 1 || card.zone !== zone) return null;
  const now = Date.now();
  const scene = card.scenes.find(({ from, until }) => from <= now && now < until);
  if (!scene) return now < card.scenes[0].from ? null : { isLate: true, parts: lines(card.late) };
  if (card.wide !== innerWidth >= WIDE) return null;
  const isDark = card.mode === "system" ? matchMedia("(prefers-color-scheme: dark)").matches : card.mode === "dark";
  const hour = new Date(now).getHours();
  const greeting = card.greetings.findLast(([first]) => first <= hour)[1];
  const paint = painter(card.palette.map((pair) => pair[Number(isDark)]), card.drawings, greeting);
  return { isDark, note: scene.note, parts: [paint(scene.screen)] };
}

// It stands in for the splash: the same stages, told in a line and a few words that cover nothing.
function show({ isLate, isDark, note, parts }) {
  const place = find("last-today");
  if (!isLate) place.style.colorScheme = isDark ? "dark" : "light";
  place.classList.toggle("dark", Boolean(isDark));
  place.classList.toggle("late", Boolean(isLate));
  place.replaceChildren(...parts);
  find("as-of").textContent = note || "";
  find("as-of").hidden = !note;
  find("splash").classList.toggle("with-picture", !isLate);
  place.hidden = false;
  requestAnimationFrame(() => performance.mark("stepwise-card"));
}

function read() {
  try {
    const card = JSON.parse(localStorage.getItem(KEPT));
    return card?.format === FORMAT ? card : null;
  } catch {
    return null; // storage is blocked, or holds what no release of ours wrote
  }
}

const lines = (texts) => texts.map((line) => element("p", { textContent: line }));

const ALONG = { start: "flex-start", center: "center", end: "flex-end", spaceBetween: "space-between" };
const ACROSS = { ...ALONG, stretch: "stretch" };
const px = (value) => `${value}px`;
const rem = (value) => `${value / 16}rem`; // grows with the browser's own text size, as Flutter's text does

// Turns an outline (app/patient/screens/outline.py) into elements.
function painter(palette, drawings, greeting) {
  const ways = { column: flex, row: flex, box, stack, text, icon, draw, picture, bar };

  function paint(node) {
    const made = ways[node.as](node);
    if (node.grow) Object.assign(made.style, { flex: node.grow === "all" ? "1 1 0" : "0 1 auto", minWidth: 0 });
    if (node.width !== undefined) Object.assign(made.style, { width: px(node.width), flexShrink: 0 });
    if (node.height !== undefined) made.style.height = px(node.height);
    if (node.level) made.ariaLevel = node.level;
    if (node.level) made.role = "heading";
    if (node.said !== undefined) made.role = node.said ? "img" : "presentation";
    if (node.said) made.ariaLabel = node.said;
    return made;
  }

  function flex(node) {
    const isRow = node.as === "row";
    const made = element("div", {}, {
      display: "flex", flexDirection: isRow ? "row" : "column", gap: px(node.gap),
      justifyContent: ALONG[node.along], alignItems: ACROSS[node.across],
    }, node.in.map(paint));
    if (node.lines !== undefined) Object.assign(made.style, { flexWrap: "wrap", rowGap: px(node.lines) });
    if (isRow && !node.tight) made.style.alignSelf = "stretch";
    if (node.scrolls) Object.assign(made.style, { overflow: "hidden", minHeight: 0 });
    return made;
  }

  function box(node) {
    const made = element("div", {}, { boxSizing: "border-box" }, node.in.map(paint));
    const { style } = made;
    if (node.pad) style.padding = node.pad.map(px).join(" ");
    if (node.fill !== undefined) style.background = palette[node.fill];
    if (node.blend) style.background = `linear-gradient(to bottom right, ${node.blend.map((color) => palette[color]).join(", ")})`;
    if (node.line) style.border = `${px(node.line[0])} solid ${palette[node.line[1]]}`;
    if (node.edge) style.boxShadow = `inset 0 0 0 ${px(node.edge[0])} ${palette[node.edge[1]]}`;
    if (node.round) style.borderRadius = px(node.round);
    if (node.lift) style.boxShadow = "var(--lift)";
    if (node.tall) style.minHeight = px(node.tall);
    if (node.middle || node.off) Object.assign(style, { display: "flex", alignItems: "center", justifyContent: "center" });
    if (node.off) made.className = "off";
    return made;
  }

  function stack(node) {
    const made = element("div", {}, { position: "relative" }, node.in.map(paint));
    for (const each of made.children) Object.assign(each.style, { position: "absolute", inset: "0 auto auto 0" });
    return made;
  }

  function text(node) {
    const [size, line, spacing] = node.font;
    return element("div", { textContent: node.greets ? greeting : node.words }, {
      fontFamily: node.strong ? "RobotoMedium, Roboto, sans-serif" : "Roboto, sans-serif", color: palette[node.ink],
      fontSize: rem(size), lineHeight: rem(line), letterSpacing: px(spacing), textAlign: node.center ? "center" : "start",
      whiteSpace: "pre-line", overflowWrap: "anywhere",
    });
  }

  function icon({ name, box: size, ink }) {
    return element("i", { textContent: String.fromCodePoint(icons[name] ?? 32), ariaHidden: "true" }, {
      fontSize: px(size), width: px(size), height: px(size), color: palette[ink],
    });
  }

  function draw(node) {
    const picture = svg("svg", { viewBox: `0 0 ${node.width} ${node.height}`, "aria-hidden": "true" });
    for (const [form, ink, stroke, isDashed] of drawings[node.drawing]) {
      const looks = stroke
        ? { fill: "none", stroke: palette[ink], "stroke-width": stroke, "stroke-linecap": isDashed ? "butt" : "round", "stroke-linejoin": "round" }
        : { fill: palette[ink] };
      if (isDashed) looks["stroke-dasharray"] = "4 4";
      const [cx, cy, r] = Array.isArray(form) ? form : [];
      picture.append(Array.isArray(form) ? svg("circle", { cx, cy, r, ...looks }) : svg("path", { d: form, ...looks }));
    }
    return picture;
  }

  function picture(node) {
    if (!node.src) return element("div", {});
    const made = element("img", { src: node.src, alt: "" }, {
      display: "block", objectFit: "contain", borderRadius: px(node.round), transform: node.flipped ? "scaleX(-1)" : "",
    });
    made.addEventListener("error", () => { made.style.visibility = "hidden"; });
    return made;
  }

  function bar(node) {
    const [ground, pill, onPill, quiet, ink] = node.colors.map((color) => palette[color]);
    const tabs = node.tabs.map(([name, label], place) => {
      const isChosen = place === node.chosen;
      const picture = icon({ name, box: node.box, ink: node.colors[isChosen ? 2 : 3] });
      const back = element("span", {}, { background: isChosen ? pill : "", color: isChosen ? onPill : quiet }, [picture]);
      return element("div", {}, { color: ink, fontSize: rem(node.font) }, [back, element("b", { textContent: label })]);
    });
    return element("nav", { className: "off" }, { background: ground }, tabs);
  }

  return paint;
}

function element(name, properties, style = {}, children = []) {
  const made = Object.assign(document.createElement(name), properties);
  Object.assign(made.style, style);
  made.append(...children);
  return made;
}

function svg(name, attributes) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

const picture = pictureOfNow();
if (picture) show(picture);
