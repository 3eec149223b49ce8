// Shows one pair after the other and keeps the votes in this browser. It sends nothing, and asks for nothing.
"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const task = JSON.parse(byId("task").textContent);
  const MOST_SECONDS = 1e6;
  const CHOICES = ["first", "second", "tie", "bad"];
  const KEYS = { ArrowLeft: "first", ArrowRight: "second", t: "tie", x: "bad", u: "undo" };
  const kindNow = () => (location.hash === "#script" ? "script" : "person");
  const kind = kindNow();
  const STORED = `genbench-votes ${kind} ${task.hash}`;

  let rater = "";
  let votes = []; // [choice, seconds] of each pair so far
  let since = 0; // when the time of the present pair starts to count
  let spent = 0; // seconds on the present pair before that
  let isSaved = true;

  // --- Votes in this browser. A browser may refuse to store anything; then the page says so.

  function stored(key) {
    try { return localStorage.getItem(key); } catch { return null; }
  }

  function store(key, value) {
    try {
      localStorage.setItem(key, value);
      return true;
    } catch { return false; }
  }

  function isVote(vote) {
    if (!Array.isArray(vote) || !CHOICES.includes(vote[0])) { return false; }
    return Number.isFinite(vote[1]) && vote[1] >= 0 && vote[1] <= MOST_SECONDS;
  }

  function votesOf(name) {
    try {
      const found = JSON.parse(stored(`${STORED} ${name}`));
      return Array.isArray(found) && found.length <= task.pairs.length && found.every(isVote) ? found : [];
    } catch { return []; }
  }

  function save() {
    isSaved = store(`${STORED} ${rater}`, JSON.stringify(votes));
    byId("unsaved").hidden = isSaved;
  }

  // --- The file of votes.

  function ballot() {
    return JSON.stringify({
      "genbench-votes": 1,
      task: task.hash,
      rater,
      kind,
      questions: task.questions,
      votes: votes.map(([choice, seconds], place) => {
        const [question, first, second] = task.pairs[place];
        const sides = [task.samples[first], task.samples[second]];
        return {
          question, first: sides[0].digest, second: sides[1].digest, choice, seconds, sizes: sides.map((side) => side.size),
        };
      }),
    });
  }

  function download() {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([ballot()], { type: "application/json" }));
    link.download = `votes-${rater.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "") || "rater"}.json`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    byId("text").value = ballot();
    byId("copy").hidden = false;
    isSaved = true;
  }

  // --- Samples. A text in them becomes text alone, never markup.

  function element(name, properties = {}, ...children) {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  }

  function shown(sample, side) {
    const { kind: form, content, text: spoken } = sample;
    const name = spoken ? `${side}: ${spoken}` : side;
    if (form === "image" || form === "picture") {
      return element("img", { className: form, src: content, alt: name });
    }
    if (form === "audio") {
      const sound = element("audio", { controls: true, preload: "auto", src: content });
      sound.setAttribute("aria-label", name);
      return sound;
    }
    if (form === "row") {
      const rows = content.map((cell, column) => {
        const head = element("th", { scope: "row", textContent: task.columns[column] });
        return element("tr", {}, head, element("td", { textContent: cell ?? "missing" }));
      });
      const table = element("table", {}, element("tbody", {}, ...rows));
      table.setAttribute("aria-label", name);
      return table;
    }
    const text = element("div", { className: "text", tabIndex: 0, textContent: content });
    text.setAttribute("role", "group");
    text.setAttribute("aria-label", name);
    return text;
  }

  function fill(side, number) {
    const sample = task.samples[number];
    const box = byId(side).lastElementChild;
    box.replaceChildren(shown(sample, `Sample ${byId(`${side}-name`).textContent}`));
    if (sample.note) { box.append(element("small", { textContent: sample.note })); }
  }

  // --- Voting.

  function show() {
    const place = votes.length;
    const isDone = place === task.pairs.length;
    byId("start").hidden = true;
    byId("voting").hidden = isDone;
    byId("end").hidden = !isDone;
    byId("copy").hidden = true;
    if (isDone) {
      byId("thanks").focus();
      return;
    }
    const [question, first, second, reference] = task.pairs[place];
    const isNew = place === 0 || task.pairs[place - 1][0] !== question;
    byId("question").textContent = task.questions[question];
    byId("bar").value = place;
    const several = task.questions.length > 1 ? `Question ${question + 1} of ${task.questions.length}, ` : "";
    byId("place").textContent = `${several ? `${several}pair` : "Pair"} ${place + 1} of ${task.pairs.length}`;
    byId("undo").disabled = place === 0;
    const form = task.samples[first].kind;
    byId("voting").classList.toggle("small", form === "image" || form === "audio");
    byId("voting").classList.toggle("wide", !["image", "picture"].includes(form));
    fill("first", first);
    fill("second", second);
    byId("reference").hidden = reference === null;
    if (reference !== null) { fill("reference", reference); }
    byId("said").textContent = `${byId("place").textContent}. ${isNew ? task.questions[question] : ""}`;
    if (isNew) { byId("question").focus(); }
    window.scrollTo(0, 0);
    spent = 0;
    since = performance.now();
  }

  function seconds() {
    return spent + (document.hidden ? 0 : (performance.now() - since) / 1000);
  }

  function vote(choice) {
    votes.push([choice, Math.min(Math.round(seconds() * 10) / 10, MOST_SECONDS)]);
    save();
    show();
  }

  function undo() {
    if (!votes.length) { return; }
    votes.pop();
    save();
    show();
  }

  function pressed(event) {
    const target = event.target;
    const isTyping = target.closest("input:not([type=checkbox]), textarea, audio, summary");
    if (!rater || !byId("keys").checked || isTyping || event.repeat) { return; }
    if (event.ctrlKey || event.altKey || event.metaKey) { return; }
    const choice = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!choice || (byId("voting").hidden && choice !== "undo")) { return; }
    event.preventDefault();
    if (choice === "undo") { undo(); } else { vote(choice); }
  }

  // --- The start.

  function describeKnown() {
    const count = votesOf(byId("name").value.trim()).length;
    byId("known").textContent = count ? `${count} of ${task.pairs.length} votes of this name are in this browser.` : "";
    byId("begin").textContent = count ? "Continue" : "Start";
  }

  function start(event) {
    event.preventDefault();
    const name = byId("name").value.trim();
    if (!name) { return; }
    rater = name;
    votes = votesOf(rater);
    store(STORED, rater);
    save();
    show();
  }

  byId("count").textContent = `${task.pairs.length} pairs`;
  byId("done").textContent = byId("count").textContent;
  byId("bar").max = task.pairs.length;
  byId("questions").append(...task.questions.map((text) => element("p", { textContent: text })));
  byId("scripted").hidden = kind !== "script";
  byId("name").value = stored(STORED) ?? "";
  describeKnown();
  byId("start").hidden = false;

  byId("name").addEventListener("input", describeKnown);
  byId("start").addEventListener("submit", start);
  byId("undo").addEventListener("click", undo);
  byId("back").addEventListener("click", undo);
  for (const button of document.querySelectorAll("[data-choice]")) {
    button.addEventListener("click", (event) => {
      if (event.detail <= 1) { vote(button.dataset.choice); } // the second click of a double one meets the next pair
    });
  }
  for (const button of document.querySelectorAll(".save")) { button.addEventListener("click", download); }
  document.addEventListener("keydown", pressed);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) { spent += (performance.now() - since) / 1000; } else { since = performance.now(); }
  });
  window.addEventListener("storage", (event) => { // another tab has voted under this name
    if (rater && event.key === `${STORED} ${rater}`) {
      votes = votesOf(rater);
      show();
    }
  });
  window.addEventListener("hashchange", () => { if (kindNow() !== kind) { location.reload(); } });
  window.addEventListener("beforeunload", (event) => { if (!isSaved && votes.length) { event.preventDefault(); } });
})();
