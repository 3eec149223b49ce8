// Makes the page interactive. Without it, the tables and pictures are all there, and nothing below is needed.
(() => {
  const all = (selector, inside = document) => [...inside.querySelectorAll(selector)];
  const byId = (id) => document.getElementById(id);
  const detail = byId("detail");
  const tables = all("table.board");
  const headsOf = (table) => [...table.tHead.rows].at(-1).cells; // the row above has the heads of aspects
  const rowsOf = (table) => all("tr:not(.aspects)", table);

  // --- The tooltip: seeds, n and signature of a number. It is text alone, so that no name in it can be markup.

  let described = null;
  let leaving = 0;
  let pointer = ""; // where it is

  function show(lines, box) {
    clearTimeout(leaving);
    detail.replaceChildren(...lines.map((line) => {
      const paragraph = document.createElement("p");
      paragraph.textContent = line;
      return paragraph;
    }));
    detail.hidden = false;
    const left = Math.min(box.left, document.documentElement.clientWidth - detail.offsetWidth - 8);
    const fits = box.bottom + detail.offsetHeight + 4 < window.innerHeight || box.top < detail.offsetHeight;
    const top = fits ? box.bottom + 2 : box.top - detail.offsetHeight - 2;
    detail.style.left = `${Math.max(8, left) + window.scrollX}px`;
    detail.style.top = `${top + window.scrollY}px`;
  }

  function hide() {
    detail.hidden = true;
    described?.removeAttribute("aria-describedby");
    described = null;
  }

  function hideSoon() { // so that the pointer can reach the tooltip
    clearTimeout(leaving);
    leaving = setTimeout(hide, 200);
  }

  function describe(cell) {
    const lines = linesOf(cell);
    if (!lines.length) { return hide(); }
    described?.removeAttribute("aria-describedby");
    described = cell;
    show(lines, cell.getBoundingClientRect());
    cell.setAttribute("aria-describedby", "detail");
  }

  function linesOf(cell) {
    const row = cell.parentElement;
    if (row.matches(".aspects")) { return []; }
    const head = headsOf(cell.closest("table"))[cell.cellIndex];
    if (cell.dataset.why && head.dataset.kind === "rank") { return [`${row.cells[0].textContent}: rank ${cell.textContent}`, cell.dataset.why]; }
    if (head.dataset.kind !== "metric" || !cell.textContent) { return []; }
    if (cell === head) {
      const made = `seeds ${head.dataset.seeds}, signature ${head.dataset.signature}`;
      const summary = byId(head.dataset.card)?.querySelector(".summary")?.textContent;
      return [`${head.dataset.metric} (${head.dataset.better})`, summary, head.dataset.wrong, head.dataset.unseen, head.dataset.note, made].filter(Boolean);
    }
    const { runs, rank, why } = cell.dataset;
    const seeds = head.dataset.seeds.split(" ");
    const values = runs ? runs.split(" ").map((value, number) => `seed ${seeds[number]}: ${value}`) : [];
    const unit = runs && head.dataset.unit ? ` in ${head.dataset.unit}` : "";
    return [
      `${row.cells[0].textContent}: ${head.dataset.metric}`,
      `${said(cell)}${unit}${rank ? `, rank ${rank}` : ""} (${head.dataset.better})`,
      why || `${values.join(", ")}${unit}`,
      `seeds ${head.dataset.seeds}, n ${row.dataset.n}, signature ${head.dataset.signature}`,
      row.dataset.plugin,
    ].filter(Boolean);
  }

  function said(cell) {
    const copy = cell.cloneNode(true);
    all(".mark", copy).forEach((mark) => mark.remove());
    return copy.textContent.trim();
  }

  // A tooltip that goes puts what is below it under a pointer that is still: only a pointer that moves shows one.
  function moved(event) {
    const before = pointer;
    pointer = `${event.clientX} ${event.clientY}`;
    return pointer !== before;
  }

  document.addEventListener("keydown", (event) => { if (event.key === "Escape") { hide(); } });
  detail.addEventListener("mousemove", moved);
  detail.addEventListener("mouseenter", () => clearTimeout(leaving));
  detail.addEventListener("mouseleave", hideSoon);

  // --- The tables: sorting, and moving from cell to cell by arrow keys (the grid pattern of ARIA).

  function sorter(head, column) {
    const { kind, direction, best } = head.dataset;
    if (kind === "name") { return (row) => row.cells[column].textContent; }
    const target = direction === "target" ? Number(best) : null;
    return (row) => {
      const text = row.cells[column].dataset.v;
      if (text === undefined) { return null; }
      return target === null ? Number(text) : Math.abs(Number(text) - target);
    };
  }

  function compare(first, second) {
    return typeof first === "string" ? first.localeCompare(second, "en") : first - second;
  }

  const copiesOf = new Map(); // a table to its rows and those of its copies for paper, as they were at first

  function nextOrder(head) {
    const orders = head.dataset.direction === "higher" ? ["descending", "ascending"] : ["ascending", "descending"];
    return orders[orders.indexOf(head.getAttribute("aria-sort")) + 1] ?? null;
  }

  function sort(table, head, order) {
    const copies = copiesOf.get(table);
    all("th[aria-sort]", table).forEach((other) => other.removeAttribute("aria-sort"));
    let places = [...copies[0].keys()];
    if (order) {
      head.setAttribute("aria-sort", order);
      const keys = copies[0].map(sorter(head, head.cellIndex));
      const sign = order === "descending" ? -1 : 1; // equal keys stay in the order of ranks
      const known = places.filter((place) => keys[place] !== null).sort((a, b) => sign * compare(keys[a], keys[b]));
      places = [...known, ...places.filter((place) => keys[place] === null)];
    }
    for (const rows of copies) { rows[0].parentElement.append(...places.map((place) => rows[place])); }
  }

  const visible = (items) => [...items].filter((item) => !item.hidden);
  const focusable = (cell) => cell.querySelector("button") ?? cell;

  function focus(table, cell) {
    all("[tabindex='0']", table).forEach((other) => { other.tabIndex = -1; });
    all("a", cell).forEach((link) => { link.tabIndex = 0; }); // the stop before the button of its head
    focusable(cell).tabIndex = 0;
    focusable(cell).focus();
  }

  function move(table, cell, key, isFar) {
    const rows = visible(rowsOf(table));
    const cells = visible(cell.parentElement.cells);
    const row = rows.indexOf(cell.parentElement);
    const column = cells.indexOf(cell);
    const places = {
      ArrowLeft: [row, column - 1], ArrowRight: [row, column + 1],
      ArrowUp: [row - 1, column], ArrowDown: [row + 1, column],
      Home: [isFar ? 0 : row, 0], End: [isFar ? rows.length : row, cells.length],
    };
    const [toRow, toColumn] = places[key];
    const limit = (value, items) => Math.min(Math.max(value, 0), items.length - 1);
    focus(table, visible(rows[limit(toRow, rows)].cells)[limit(toColumn, cells)]);
  }

  function makeGrid(table) {
    const copies = [[...table.tBodies[0].rows]];
    for (let next = table.parentElement.nextElementSibling; next?.matches(".sheet"); next = next.nextElementSibling) {
      copies.push([...next.tBodies[0].rows]);
    }
    copiesOf.set(table, copies);
    table.setAttribute("role", "grid");
    table.parentElement.removeAttribute("tabindex");
    for (const head of headsOf(table)) {
      const button = document.createElement("button");
      button.type = "button";
      button.tabIndex = -1;
      const link = head.querySelector("a"); // to the card of the metric: a click elsewhere in the head sorts
      button.append(...[...head.childNodes].filter((node) => node !== link && node.tagName !== "SMALL"));
      if (link) {
        link.tabIndex = -1;
        link.after(button);
        button.setAttribute("aria-label", `sort by ${head.dataset.metric}, ${head.dataset.better}`);
      } else { head.append(button); }
      head.classList.add("sorts");
      head.addEventListener("click", (event) => {
        if (event.target !== link) { sort(table, head, nextOrder(head)); hide(); }
      });
    }
    for (const cell of all("td[title]", table)) { // the tooltip shows it, and twice is too much
      cell.dataset.why = cell.title;
      cell.removeAttribute("title");
    }
    focusable(headsOf(table)[0]).tabIndex = 0;
    const cellOf = (event) => event.target.closest("th, td");
    table.addEventListener("keydown", (event) => {
      const cell = cellOf(event);
      if (!cell || !/^(Arrow(Left|Right|Up|Down)|Home|End)$/.test(event.key)) { return; }
      event.preventDefault();
      move(table, cell, event.key, event.ctrlKey || event.metaKey);
    });
    table.addEventListener("focusin", (event) => { if (cellOf(event)) { describe(cellOf(event)); } });
    table.addEventListener("focusout", hideSoon);
    table.addEventListener("click", (event) => {
      if (cellOf(event)?.tagName === "TD") { focus(table, cellOf(event)); }
    });
    table.addEventListener("mousemove", moved);
    table.addEventListener("mouseover", (event) => {
      if (moved(event) && cellOf(event)) { describe(cellOf(event)); }
    });
    table.addEventListener("mouseout", hideSoon);
  }

  // --- The tools above the tables.

  function matcher(text) {
    const words = text.toLowerCase().match(/"[^"]+"|[^\s,"]+/g) ?? [];
    return (name) => {
      const lower = name.toLowerCase();
      const parts = `${lower} ${lower.replace(/[@[\]]/g, " ")} `.split(/\s+/).map((part) => `"${part}"`);
      return !words.length || words.some((word) => parts.includes(word) || lower.includes(word));
    };
  }

  // Makes the head of each aspect as wide as its columns that are not hidden.
  function span(table, isHidden) {
    let from = 0;
    all(".aspects > *", table).forEach((head, number) => {
      head.dataset.span ??= head.colSpan;
      const shown = isHidden.slice(from, from += Number(head.dataset.span)).filter((hidden) => !hidden).length;
      const group = all("colgroup", table)[number];
      head.hidden = group.hidden = !shown;
      head.colSpan = group.span = shown || 1;
    });
  }

  function filter() {
    hide();
    const isRow = matcher(byId("rows").value);
    const isColumn = matcher(byId("columns").value);
    const withControls = byId("controls").checked;
    const counts = { rows: [0, 0] };
    const seen = { some: new Set(), all: new Set() };
    for (const table of tables.filter((one) => !one.closest("[hidden]"))) {
      const heads = [...headsOf(table)];
      const columns = heads.map((head) => head.dataset.kind === "metric" && !isColumn(head.dataset.metric));
      for (const { dataset: { kind, metric } } of heads) {
        if (kind === "metric") { seen.all.add(metric); }
        if (kind === "metric" && isColumn(metric)) { seen.some.add(metric); }
      }
      for (const row of rowsOf(table)) {
        [...row.cells].forEach((cell, number) => { cell.hidden = columns[number]; });
      }
      span(table, columns);
      const unseen = heads.find((head) => head.hidden && head.hasAttribute("aria-sort"));
      if (unseen) { sort(table, unseen, null); } // an order that no column shows has no reason to see
      for (const row of table.tBodies[0].rows) {
        const isControl = row.classList.contains("control");
        row.hidden = (isControl && !withControls) || !isRow(`${row.cells[0].textContent} ${row.dataset.plugin}`);
        counts.rows[1] += 1;
        counts.rows[0] += row.hidden ? 0 : 1;
      }
    }
    for (const note of all(".note[data-metrics]")) {
      note.hidden = !note.dataset.metrics.split(" ").some(isColumn);
    }
    const [some, of] = counts.rows;
    byId("board").classList.toggle("filtered", some < of || seen.some.size < seen.all.size); // what paper shows
    const rows = some || !of ? `${some} of ${of} rows` : "no row matches";
    const columns = seen.some.size || !seen.all.size ? `${seen.some.size} of ${seen.all.size} metrics` : "no metric matches";
    byId("shown").textContent = `${rows}, ${columns}`;
  }

  function choose(number) {
    for (const section of all("section.dataset")) { section.hidden = section.dataset.dataset !== number; }
    filter();
  }

  // --- The pictures. Vega runs their expressions by an interpreter, since the page allows no eval.

  const data = (inside) => JSON.parse(inside.querySelector("script[type='application/json']").textContent);

  function tooltip(_, event, item, value) {
    if (value === null || value === undefined || value === "") { return hideSoon(); }
    const lines = typeof value === "object" ? Object.entries(value).map(([name, text]) => `${name}: ${text}`) : [`${value}`];
    const [x, y] = [event.clientX, event.clientY];
    show(lines, { left: x + 12, top: y - 8, bottom: y + 12 });
  }

  function draw(container, chart, label) {
    const options = { actions: false, ast: true, defaultStyle: false, mode: "vega-lite", renderer: "svg", tooltip };
    return window.genbenchVega(container, chart, options).then(() => {
      container.setAttribute("role", "img"); // a reader hears the label, and not each mark
      container.setAttribute("aria-label", label);
      container.querySelector("svg").setAttribute("aria-hidden", "true");
    });
  }

  function drawFigure(figure) {
    const [image, container] = [figure.querySelector("img"), figure.querySelector(".plot")];
    container.hidden = false;
    container.style.width = `${image.dataset.width}px`;
    draw(container, data(figure), image.alt).then(() => figure.classList.add("drawn"));
  }

  // The lines of a note above the plot that names generators, as genbench/report/charts/columns.py words it.
  function noteOn(names, words) {
    const [most, room] = [6, 50];
    const shown = names.length > most ? [...names.slice(0, most - 1), `${names.length - most + 1} more`] : names;
    const list = [shown.slice(0, -1).join(", "), shown.at(-1)].filter(Boolean).join(" and ");
    const lines = `${words}: ${list}`.split(" ").reduce((above, word) => {
      const longer = `${above.at(-1)} ${word}`;
      return longer.length > room ? [...above, word] : [...above.slice(0, -1), longer.trim()];
    }, [""]);
    return names.length ? lines : [];
  }

  function pairChart(form, { chart, rows, axes, note, beside, rules }) {
    const withControls = form.querySelector(".with-controls").checked;
    const chosen = ["x", "y"].map((axis) => [axis, Number(form.querySelector(`.${axis}`).value)]);
    const shown = rows.filter(({ control, numbers }) => (withControls || !control) && chosen.every(([, metric]) => numbers[metric]));
    const values = shown.map(({ point, numbers }) => {
      const fields = chosen.flatMap(([axis, metric]) => Object.entries(numbers[metric]).map(([key, value]) => [axis + key, value]));
      return { ...point, ...Object.fromEntries(fields) };
    });
    const marks = chart.layer.filter(({ data: own }) => !own); // those that are not names
    for (const { encoding } of marks) {
      for (const [axis, metric] of chosen) {
        const own = axes[metric][Number(withControls)];
        Object.assign(encoding[axis], own);
        const text = encoding.tooltip?.find(({ field }) => field === `${axis} text`);
        if (text) { text.title = own.title; }
      }
    }
    for (const value of values) {
      for (const axis of ["x", "y"]) {
        const [low, high] = marks[0].encoding[axis].scale.domain;
        value[`${axis} low cut`] = value[`${axis} low`] < low;
        value[`${axis} high cut`] = value[`${axis} high`] > high;
      }
    }
    const pixel = (axis, value) => {
      const { type, domain: [low, high] } = marks[0].encoding[axis].scale;
      const [start, end, own] = [low, high, Math.min(Math.max(value, low), high)].map(type === "log" ? Math.log : Number);
      return axis === "x" ? chart.width * (own - start) / (end - start) : chart.height * (end - own) / (end - start);
    };
    const numbers = (value) => Object.entries(value).filter(([, number]) => typeof number === "number");
    const places = values.map((value) => Object.fromEntries(numbers(value).map(([key, number]) => [key, pixel(key[0], number)])));
    const points = places.map(({ x, y }, number) => ({ x, y, name: values[number].name }));
    const spans = { x: (own) => [own.y, own["x low"], own["x high"]], y: (own) => [own.x, own["y high"], own["y low"]] };
    const lines = Object.entries(spans).flatMap(([axis, span]) => {
      const own = places.map(span).map((each) => (each.includes(undefined) || each[1] === each[2] ? null : each));
      const moves = asides(own, axis === "x" ? chart.height : chart.width, rules);
      moves.forEach((move, number) => { if (move) { values[number][`${axis} aside`] = move; } });
      return own.flatMap((each, number) => (each ? spanLines(axis, each, moves[number], places[number][axis]) : []));
    });
    const names = placeNames(points, lines, chart, rules);
    const missing = rows.filter((row) => !row.control && !shown.includes(row)).map(({ point }) => point.generator);
    const having = (end) => values.filter((value) => Object.entries(value).some(([key, holds]) => key.endsWith(end) && holds)).map(({ generator }) => generator);
    const text = [
      ...(having(" aside").length ? [beside] : []),
      ...noteOn(missing, "without a value of both"),
      ...noteOn(having(" cut"), "intervals that go on beyond the axis"),
      ...noteOn(having(" own"), "no spread over seeds, so the interval is of the metric itself"),
    ];
    const title = text.length ? { title: { ...note, text } } : {};
    const layer = chart.layer.map((each) => (each.data ? { ...each, data: { values: names } } : each));
    return { ...chart, ...title, layer, data: { values: values.reverse() } }; // the first ones on top
  }

  function drawPair(form) {
    const pair = data(form);
    const name = (axis) => form.querySelector(`.${axis}`).selectedOptions[0].label;
    const plot = form.querySelector(".plot");
    const redraw = () => draw(plot, pairChart(form, pair), `Chart: ${name("y")} against ${name("x")}`).then(() => {
      plot.style.width = `${pair.scale * plot.querySelector("svg").getAttribute("width")}px`;
    });
    redraw();
    form.addEventListener("change", redraw);
    form.addEventListener("submit", (event) => event.preventDefault());
  }

  function drawInTime(elements, render) {
    const observer = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        if (isIntersecting) {
          observer.unobserve(target);
          render(target);
        }
      }
    }, { rootMargin: "300px" });
    elements.forEach((element) => observer.observe(element));
  }

  tables.forEach(makeGrid);
  byId("tools").hidden = false;
  for (const id of ["rows", "columns", "controls"]) { byId(id).addEventListener("input", filter); }
  byId("tools").addEventListener("submit", (event) => event.preventDefault());
  byId("dataset")?.addEventListener("change", (event) => choose(event.target.value));
  if (window.genbenchVega) {
    const pairs = all("form.pair");
    pairs.forEach((form) => { form.hidden = false; });
    drawInTime(pairs, drawPair);
    drawInTime(all("figure").filter((figure) => figure.querySelector(".plot")), drawFigure);
  }
  choose("0");
})();
