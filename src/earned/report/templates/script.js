"use strict";
// Filters and orders the findings, and opens the one that the address names. The page reads the same without it.
(() => {
  const form = document.getElementById("filters");
  const list = document.getElementById("list");
  if (!form || !list) return;
  const all = [...list.children];
  const said = new Map(all.map((f) => [f, f.querySelector("summary").textContent.toLowerCase()]));
  const exact = (text) => BigInt(text || "0");
  const down = (x, y) => (exact(x) === exact(y) ? 0 : exact(x) < exact(y) ? 1 : -1);
  const by = {
    peak: (a, b) => down(a.dataset.peak, b.dataset.peak),
    open: (a, b) => down(a.dataset.open, b.dataset.open),
    first: (a, b) => a.dataset.first.localeCompare(b.dataset.first),
    contract: (a, b) => a.dataset.contract.localeCompare(b.dataset.contract),
  };

  function fits(finding, asked) {
    const words = asked.words.trim().toLowerCase().split(/\s+/);
    return words.every((w) => said.get(finding).includes(w))
      && (!asked.period || finding.dataset.period.split(" ").includes(asked.period))
      && (!asked.part || finding.dataset.part === asked.part)
      && (!asked.department || finding.dataset.department === asked.department);
  }

  function apply() {
    const asked = Object.fromEntries(new FormData(form));
    let shown = 0;
    for (const finding of all) {
      finding.hidden = !fits(finding, asked);
      shown += finding.hidden ? 0 : 1;
    }
    document.getElementById("shown").textContent = shown;
  }

  function reorder() {
    const order = form.elements.order.value;
    list.append(...[...all].sort(by[order]));
  }

  function openNamed() {
    const named = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    if (named && named.matches("details.finding")) {
      named.hidden = false;
      named.open = true;
      named.scrollIntoView();
    }
  }

  form.hidden = false;
  form.addEventListener("input", apply);
  form.addEventListener("change", (e) => { if (e.target.name === "order") reorder(); });
  form.addEventListener("reset", () => setTimeout(() => { apply(); reorder(); }));
  form.addEventListener("submit", (e) => e.preventDefault());
  for (const link of document.querySelectorAll("a[data-period]")) {
    link.addEventListener("click", () => { form.reset(); setTimeout(() => { form.elements.period.value = link.dataset.period; apply(); }); });
  }
  addEventListener("hashchange", openNamed);
  openNamed();
})();
