"use strict";
// Filters, orders and opens findings, and opens what a figure is made from. The page reads the same without it.
const byId = (id) => document.getElementById(id);
const form = byId("filters"), list = byId("list"), rest = byId("rest"), panel = byId("panel");
const MOST = 200;

// What the page carries is read when it is first asked for. Strings that repeat stand once, and are numbers
// where they are used; so are the figures that a figure is made from.
let carriedOnce;
function carried() {
  return (carriedOnce ??= unpacked(JSON.parse(byId("carried").textContent)));
}

function unpacked({ strings, nodes, units, others }) {
  const text = (x) => (typeof x === "number" ? strings[x] : x || "");
  const made = nodes.map(([address, label, value, formula, rule, file, row, children, more]) => ({
    address: text(address), label: text(label), value: text(value), formula: text(formula), rule: text(rule),
    source: file == null ? "" : `${text(file)}:${row}`, below: children || [], more: more || 0,
  }));
  for (const node of made) node.below = node.below.map((i) => made[i]);
  return { at: new Map(made.map((n) => [n.address, n])), units, others: others.map((o) => o.map(text)) };
}

function element(name, words = "", attributes = {}) {
  const made = document.createElement(name);
  made.textContent = words;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

// ---- findings: first those whose papers the page shows, then a line for each of the others

const minor = (words) => BigInt(words.replace(/\D/g, "") || 0);
const down = (x, y) => (x === y ? 0 : x < y ? 1 : -1);
const orders = {
  peak: (a, b) => down(a.peak, b.peak),
  open: (a, b) => down(a.open, b.open),
  first: (a, b) => a.first.localeCompare(b.first),
  contract: (a, b) => a.contract.localeCompare(b.contract),
};

function shownFinding(row) {
  const { periods, part, department, peak, open, first, contract } = row.dataset;
  const said = row.querySelector("summary").textContent.toLowerCase();
  return { row, said, part, department, first, contract, periods: periods.split(" "), peak: minor(peak), open: minor(open) };
}

function otherFinding([id, contract, unit, part, words, department, place, periods, first, peak, open]) {
  const said = [id, contract, unit, words, place].join(" ").toLowerCase();
  const cells = [contract, words, place, first, peak, open, id];
  return { cells, said, part, department, first, contract, periods: periods.split(" "), peak: minor(peak), open: minor(open) };
}

let shown, others;
function fits(finding, asked) {
  return asked.words.trim().toLowerCase().split(/\s+/).every((w) => finding.said.includes(w))
    && (!asked.period || finding.periods.includes(asked.period))
    && (!asked.part || finding.part === asked.part)
    && (!asked.department || finding.department === asked.department);
}

function apply() {
  const asked = Object.fromEntries(new FormData(form));
  let found = 0;
  for (const finding of shown) {
    finding.row.hidden = !fits(finding, asked);
    found += finding.row.hidden ? 0 : 1;
  }
  if (rest) {
    others ??= carried().others.map(otherFinding);
    const fitting = others.filter((o) => fits(o, asked)).sort(orders[asked.order]);
    found += fitting.length;
    byId("others").replaceChildren(...fitting.slice(0, MOST).map(line));
    rest.hidden = !fitting.length;
    said("others-more", fitting.length > MOST ? fitting.length - MOST : 0);
  }
  byId("shown").textContent = found.toLocaleString("en");
}

function line({ cells: [contract, words, place, first, peak, open, id] }) {
  const row = element("tr");
  row.append(element("th", contract, { scope: "row" }), ...[words, place, first].map((w) => element("td", w)),
    ...[peak, open].map((w) => element("td", w, { class: "n" })));
  row.append(element("td"));
  row.lastChild.append(element("code", `earned explain RUN ${id}`));
  return row;
}

// A sentence of the page with a number in it; nothing where the number is nil.
function said(id, number) {
  const place = byId(id);
  place.hidden = !number;
  place.querySelector("b").textContent = number.toLocaleString("en");
}

function reorder() {
  list.append(...[...shown].sort(orders[form.elements.order.value]).map((f) => f.row));
}

function show(period) {
  form.reset();
  form.elements.period.value = period;
  apply();
  byId("findings").scrollIntoView();
}

function openFinding(id) {
  const named = byId(id);
  if (!named) return;
  named.hidden = false;
  named.open = true;
  named.scrollIntoView();
  named.querySelector("summary").focus({ preventScroll: true });
}

// ---- the panel: one figure, how it comes about, what it is made from; the trail leads back

let trail = [];

function openFigure(address) {
  const node = carried().at.get(address);
  if (!node) return;
  const known = trail.indexOf(node);
  trail = panel.open ? (known < 0 ? [...trail, node] : trail.slice(0, known + 1)) : [node];
  byId("trail").replaceChildren(...trail.slice(0, -1).map(crumb));
  byId("panel-label").textContent = node.label;
  byId("panel-value").textContent = node.value;
  fill("panel-formula", node.formula);
  fill("panel-rule", node.rule);
  fill("panel-source", node.source);
  byId("panel-table").hidden = !node.below.length;
  byId("panel-rows").replaceChildren(...node.below.map(child));
  said("panel-more", node.more);
  byId("panel-not-carried").hidden = node.below.length > 0 || Boolean(node.source) || node.formula !== "";
  byId("panel-command").textContent = `earned explain RUN ${node.address}`;
  lead(node);
  if (!panel.open) panel.showModal();
  panel.scrollTop = 0;
  byId("panel-label").focus();
}

function fill(id, words) {
  byId(id).textContent = words;
  byId(id).closest("div, p").hidden = !words;
}

function opens(node) {
  return node.below.length || node.formula;
}

function crumb(node) {
  const item = element("li");
  item.append(element("a", node.label, { href: `#=${node.address}` }));
  return item;
}

function child(node) {
  const row = element("tr"), head = element("th", "", { scope: "row" });
  head.append(opens(node) ? element("a", node.label, { href: `#=${node.address}` }) : node.label);
  row.append(head, element("td", node.value, { class: /\d/.test(node.value) ? "n" : "" }), element("td", node.source, { class: "src" }));
  return row;
}

// From a figure to the finding, or to the findings of the period, that it speaks of.
function lead(node) {
  const [table, ...key] = node.address.split("/").map(decodeURIComponent);
  const unit = key.find((part) => carried().units[part]);
  const finding = byId("panel-finding"), period = byId("panel-period");
  finding.hidden = !unit;
  finding.href = unit ? `#${carried().units[unit]}` : "#findings";
  period.hidden = Boolean(unit) || table !== "misstatements" || key[0] !== "total";
  period.dataset.period = key[2] || "";
}

function shut() {
  trail = [];
  if (location.hash.startsWith("#=")) history.replaceState(null, "", location.href.split("#")[0]);
}

function follow() {
  const named = decodeURI(location.hash.slice(1));
  if (named.startsWith("=")) return openFigure(location.hash.slice(2));
  if (panel.open) panel.close();
  if (named.startsWith("F-")) openFinding(named);
}

// ---- a table wider than its place can be scrolled by keyboard, and says what it is

const watch = new ResizeObserver((seen) => {
  for (const { target } of seen) {
    const wide = target.scrollWidth > target.clientWidth + 1;
    for (const [key, value] of [["tabindex", "0"], ["role", "region"], ["aria-label", target.dataset.label]]) {
      if (wide) target.setAttribute(key, value); else target.removeAttribute(key);
    }
  }
});

document.documentElement.classList.add("live");
for (const place of document.querySelectorAll(".scroll")) watch.observe(place);
panel.addEventListener("close", shut);
panel.addEventListener("click", (e) => { if (e.target === panel) panel.close(); });
byId("shut").addEventListener("click", () => panel.close());
byId("panel-period").addEventListener("click", (e) => { e.preventDefault(); panel.close(); show(e.target.dataset.period); });
if (form) {
  shown = [...list.children].map(shownFinding);
  form.hidden = false;
  form.addEventListener("input", apply);
  form.addEventListener("change", (e) => { if (e.target.name === "order") reorder(); });
  form.addEventListener("reset", () => setTimeout(() => { apply(); reorder(); }));
  form.addEventListener("submit", (e) => e.preventDefault());
}
addEventListener("hashchange", follow);
follow();
