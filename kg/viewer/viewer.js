// Pan, zoom, search and details of the picture on this page. It asks no other file for anything.
"use strict";
const main = document.querySelector("main");
const svg = main.querySelector("svg");
const aside = document.querySelector("aside");
const form = document.querySelector("form");
const found = document.querySelector("output");
const nodes = [...svg.querySelectorAll(".node")];
const edges = [...svg.querySelectorAll(".edge")];
const byId = new Map(nodes.map((node) => [node.id, node]));
const whole = svg.getAttribute("viewBox").split(" ").map(Number);
let view = [...whole];

document.body.classList.add("alive");
svg.setAttribute("preserveAspectRatio", "xMidYMid meet");
if (innerWidth < 700 && scale() > 1.6) zoom(1.4 / scale());

function show() {
  svg.setAttribute("viewBox", view.map((n) => n.toFixed(1)).join(" "));
}

function scale() {
  return Math.max(view[2] / svg.clientWidth, view[3] / svg.clientHeight);
}

function zoom(factor, x = view[0] + view[2] / 2, y = view[1] + view[3] / 2) {
  const width = Math.min(whole[2] * 2, Math.max(whole[2] / 60, view[2] * factor));
  const real = width / view[2];
  view = [x - (x - view[0]) * real, y - (y - view[1]) * real, width, view[3] * real];
  show();
}

function point(event) {
  return new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
}

function move(x, y) {
  view[0] += x;
  view[1] += y;
  show();
}

main.addEventListener("wheel", (event) => {
  event.preventDefault();
  const at = point(event);
  zoom(event.deltaY > 0 ? 1.15 : 1 / 1.15, at.x, at.y);
}, { passive: false });

const held = new Map();
let moved = 0;
main.addEventListener("pointerdown", (event) => {
  if (held.size === 0) moved = 0;
  held.set(event.pointerId, event);
});
addEventListener("pointermove", (event) => {
  const before = held.get(event.pointerId);
  if (!before) return;
  moved += Math.abs(event.clientX - before.clientX) + Math.abs(event.clientY - before.clientY);
  const other = [...held.values()].find((one) => one.pointerId !== event.pointerId);
  if (other) {
    const far = (one) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
    const at = point(other);
    zoom(far(before) / Math.max(far(event), 1), at.x, at.y);
  } else {
    move((before.clientX - event.clientX) * scale(), (before.clientY - event.clientY) * scale());
  }
  held.set(event.pointerId, event);
});
for (const name of ["pointerup", "pointercancel"]) addEventListener(name, (event) => held.delete(event.pointerId));

main.addEventListener("keydown", (event) => {
  const step = view[2] / 10;
  const keys = {
    "+": () => zoom(1 / 1.3), "=": () => zoom(1 / 1.3), "-": () => zoom(1.3), "0": reset, "Escape": clear,
    ArrowLeft: () => move(-step, 0), ArrowRight: () => move(step, 0), ArrowUp: () => move(0, -step), ArrowDown: () => move(0, step),
  };
  if (!keys[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  keys[event.key]();
});

function reset() {
  view = [...whole];
  show();
}

function mark(hits, kept) {
  for (const node of nodes) {
    node.classList.toggle("hit", hits.has(node.id));
    node.classList.toggle("dim", !kept.has(node.id));
  }
  for (const edge of edges) {
    edge.classList.toggle("dim", !(kept.has(edge.dataset.source) && kept.has(edge.dataset.target)));
  }
}

function clear() {
  for (const item of [...nodes, ...edges]) item.classList.remove("hit", "dim");
  aside.replaceChildren();
  found.textContent = "";
}

function dayBefore(day) {
  return new Date(Date.parse(day) - 86400000).toISOString().slice(0, 10);
}

function details(node) {
  const own = edges.filter((edge) => [edge.dataset.source, edge.dataset.target].includes(node.id));
  const near = new Set([node.id, ...own.flatMap((edge) => [edge.dataset.source, edge.dataset.target])]);
  mark(new Set([node.id]), near);
  for (const edge of edges) edge.classList.toggle("dim", !own.includes(edge));
  const title = document.createElement("h2");
  title.textContent = node.querySelector("title").textContent;
  const link = document.createElement("p");
  link.textContent = node.dataset.iri;
  const list = document.createElement("ul");
  for (const edge of own) {
    const item = document.createElement("li");
    const name = (id) => byId.get(id).dataset.label;
    const data = edge.dataset;
    const words = [`${name(data.source)} – ${data.relation} → ${name(data.target)}`];
    if (data.share) words.push(`${data.shareBound === "exact" ? "" : "≥ "}${Number(data.share)} %`);
    if (data.start || data.end) words.push(`${data.start ?? ".."} – ${data.end ? dayBefore(data.end) : ".."}`);
    if (data.place) words.push(data.place);
    item.textContent = words.join(" · ");
    list.append(item);
  }
  aside.replaceChildren(title, link, list);
}

svg.addEventListener("click", (event) => {
  if (moved > 5) return;
  const node = event.target.closest(".node");
  if (node) details(node);
  else clear();
});

function search() {
  const wanted = form.elements.words.value.trim().toLowerCase();
  if (!wanted) return clear();
  const hits = new Set(nodes.filter((node) => {
    const data = node.dataset;
    return [data.labelEn, data.labelJa, data.iri].some((text) => (text ?? "").toLowerCase().includes(wanted));
  }).map((node) => node.id));
  mark(hits, hits);
  found.textContent = String(hits.size);
  const first = nodes.find((node) => hits.has(node.id));
  const seen = main.getBoundingClientRect();
  const at = first?.getBoundingClientRect();
  if (at && (at.left < seen.left || at.right > seen.right || at.top < seen.top || at.bottom > seen.bottom)) {
    const box = first.getBBox();
    move(box.x + box.width / 2 - view[0] - view[2] / 2, box.y + box.height / 2 - view[1] - view[3] / 2);
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  search();
});
form.elements.words.addEventListener("input", search);
form.addEventListener("click", (event) => {
  const act = { in: () => zoom(1 / 1.3), out: () => zoom(1.3), whole: () => { reset(); clear(); } }[event.target.name];
  if (act) act();
});
