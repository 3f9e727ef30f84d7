// Comfort for the graph's picture, which stands without it: zoom, dragging, what belongs together, arrow keys from thing to thing.
const svg = document.querySelector("svg.net[id]");
const box = svg?.closest(".graph");
if (svg && box) start();

function start() {
  const ja = document.documentElement.lang === "ja";
  const width = Number(svg.getAttribute("width"));
  const height = Number(svg.getAttribute("height"));
  let scale = 1;

  const zoom = (to) => {
    const x = (box.scrollLeft + box.clientWidth / 2) / scale;
    const y = (box.scrollTop + box.clientHeight / 2) / scale;
    scale = Math.min(3, Math.max(0.1, to));
    svg.setAttribute("width", width * scale);
    svg.setAttribute("height", height * scale);
    box.scrollLeft = x * scale - box.clientWidth / 2;
    box.scrollTop = y * scale - box.clientHeight / 2;
  };
  const whole = () => zoom(Math.min(box.clientWidth / width, box.clientHeight / height));

  const tools = document.createElement("p");
  tools.className = "tools";
  for (const [sign, name, act] of [
    ["+", ja ? "拡大" : "Closer", () => zoom(scale * 1.25)],
    ["−", ja ? "縮小" : "Farther", () => zoom(scale / 1.25)],
    [ja ? "全体" : "Whole", "", whole],
    ["1:1", ja ? "等倍" : "Natural size", () => zoom(1)],
  ]) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = sign;
    if (name) button.setAttribute("aria-label", name);
    button.addEventListener("click", act);
    tools.append(button);
  }
  box.before(tools);
  box.classList.add("alive");
  show(svg.querySelector(".node.center") ?? svg.querySelector(".node"));

  box.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return; // without Ctrl the wheel scrolls, as anywhere
    event.preventDefault();
    zoom(event.deltaY < 0 ? scale * 1.1 : scale / 1.1);
  }, { passive: false });

  let held = null;
  let moved = 0;
  box.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "mouse" || event.button !== 0) return; // fingers scroll by themselves
    held = { x: event.clientX, y: event.clientY, left: box.scrollLeft, top: box.scrollTop };
    moved = 0;
  });
  addEventListener("pointermove", (event) => {
    if (!held) return;
    moved = Math.max(moved, Math.hypot(event.clientX - held.x, event.clientY - held.y));
    box.scrollLeft = held.left - (event.clientX - held.x);
    box.scrollTop = held.top - (event.clientY - held.y);
  });
  addEventListener("pointerup", () => { held = null; });
  box.addEventListener("dragstart", (event) => event.preventDefault());
  box.addEventListener("click", (event) => { if (moved > 4) event.preventDefault(); }, true);

  const nodes = [...svg.querySelectorAll(".node")];
  const edges = [...svg.querySelectorAll(".edge")];
  const mark = (node) => {
    const iri = node?.dataset.iri;
    const near = new Set([iri]);
    for (const edge of edges) {
      const { source, target } = edge.dataset;
      const own = iri !== undefined && (source === iri || target === iri);
      edge.classList.toggle("near", own);
      if (own) near.add(source).add(target);
    }
    for (const other of nodes) other.classList.toggle("far", iri !== undefined && !near.has(other.dataset.iri));
    svg.classList.toggle("marked", iri !== undefined);
  };
  for (const node of nodes) {
    node.addEventListener("pointerenter", () => mark(node));
    node.addEventListener("pointerleave", () => mark(null));
    node.addEventListener("focusin", () => mark(node));
    node.addEventListener("focusout", () => mark(null));
  }

  box.addEventListener("keydown", (event) => {
    if (event.key === "+" || event.key === "=") return zoom(scale * 1.25);
    if (event.key === "-") return zoom(scale / 1.25);
    if (event.key === "0") return whole();
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    const from = event.target.closest(".node");
    if (!way || !from) return;
    event.preventDefault();
    const next = nearest(from, way);
    if (next) next.querySelector("a").focus();
  });

  // The thing that is nearest in a direction: steps aside count threefold.
  function nearest(from, [dx, dy]) {
    const middle = (node) => {
      const { x, y, width: w, height: h } = node.querySelector(".box").getBBox();
      return [x + w / 2, y + h / 2];
    };
    const [x, y] = middle(from);
    let best = null;
    let least = Infinity;
    for (const node of nodes) {
      const [a, b] = middle(node);
      const ahead = (a - x) * dx + (b - y) * dy;
      const aside = Math.abs((a - x) * dy) + Math.abs((b - y) * dx);
      if (node !== from && ahead > 1 && ahead + 3 * aside < least) [best, least] = [node, ahead + 3 * aside];
    }
    return best;
  }

  function show(node) {
    if (!node) return;
    const { x, y, width: w, height: h } = node.querySelector(".box").getBBox();
    const [left, top] = svg.getAttribute("viewBox").split(" ").map(Number);
    box.scrollLeft = x + w / 2 - left - box.clientWidth / 2;
    box.scrollTop = y + h / 2 - top - box.clientHeight / 2;
  }
}
