// The documents' tab: sends files, asks for the list again while an index is being built, turns pages.
// Runs once; `element` and `watch` are gradio's. Markup comes from the server, words from its `data-`
// attributes; where one is stands in the address: #chat, #documents, #documents/<doc_id>.

const AT_ONCE = 2; // files sent at the same time
const ROWS = 20; // files just sent that stay listed
const view = { words: "", state: "", sort: "", page: 1 };
const line = []; // files still to be sent
const followed = new Map(); // doc_id -> its row, until it is in the index
let sending = 0;
let busy = false;
let version; // of the index
let asked = 0;
let timer;

const part = (name) => element.querySelector(name);
const of = (doc) => new URLSearchParams({ doc });
const desk = document.querySelector("#desk");
const isHere = () => desk.dataset.tab === "documents";

function place() {
  const [tab, doc] = location.hash.slice(1).split("/");
  try {
    return { tab, doc: decodeURIComponent(doc ?? "") };
  } catch {
    return { tab, doc: "" };
  }
}

function go() {
  if (!part(".shelf")) return;
  const { tab, doc } = place();
  const here = tab === "documents";
  desk.dataset.tab = here ? "documents" : "chat";
  for (const link of document.querySelectorAll(".tabs a")) {
    if ((link.hash === "#documents") === here) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (!here) return;
  part(".all").hidden = Boolean(doc);
  part(".one").hidden = !doc;
  if (doc) open(doc);
  refresh();
}

// What the server says: its answer, or in its place what went wrong, in words.
async function ask(path, options) {
  try {
    const response = await fetch(`/documents${path}`, options);
    const isText = response.headers.get("content-type")?.startsWith("text/html");
    const said = isText ? await response.text() : await response.json();
    return response.ok ? { said } : { wrong: said.message ?? "", fields: said.fields };
  } catch {
    return { wrong: part(".shelf").dataset.failed };
  }
}

// --- the list

async function refresh() {
  clearTimeout(timer);
  const query = new URLSearchParams(view);
  for (const doc of [...followed.keys()].slice(-100)) query.append("of", doc);
  const mine = ++asked;
  const { said, wrong } = await ask(`/list?${query}`);
  if (mine !== asked) return;
  if (said) {
    put(part(".entries"), said.html);
    for (const [doc, [state, text]] of Object.entries(said.arrived)) {
      tell(followed.get(doc), state, text);
      if (state === "indexed" || (state === "left_out" && !said.busy)) followed.delete(doc);
    }
    if (version !== undefined && version !== said.version) changed();
    ({ busy, version } = said);
  } else {
    const note = document.createElement("p");
    note.className = "reason";
    note.textContent = wrong;
    part(".entries").replaceChildren(note);
  }
  if (isHere() || busy) timer = setTimeout(refresh, busy || followed.size ? 1000 : 15000);
}

// Replace what is shown, if it is another, and leave the keyboard where it was.
function put(where, html) {
  if (where.shown === html) return;
  const name = (node) => node.getAttribute("href") ?? node.closest("th")?.className ?? node.textContent;
  const active = where.contains(document.activeElement) ? name(document.activeElement) : null;
  where.innerHTML = where.shown = html;
  if (active) [...where.querySelectorAll("a, button")].find((node) => name(node) === active)?.focus();
}

// The index is another one: the chat's list and the open document are shown anew.
function changed() {
  dispatchEvent(new Event("documentschange"));
  const { doc } = place();
  if (isHere() && doc && part(".facts")?.hidden !== false && !part("dialog[open]")) open(doc, true);
}

// --- files

function take(files) {
  line.push(...files);
  next();
}

function next() {
  while (sending < AT_ONCE && line.length) send(line.shift());
  const queued = part(".queued");
  queued.hidden = !line.length;
  queued.textContent = part(".shelf").dataset.queued.replace("{}", line.length);
}

function send(file) {
  const words = part(".shelf").dataset;
  const row = arrive(file.name);
  if (file.size > words.megabytes * 2 ** 20) return tell(row, "failed", words.tooLarge);
  sending += 1;
  const request = new XMLHttpRequest();
  request.upload.onprogress = (event) => {
    const percent = Math.floor((100 * event.loaded) / event.total);
    row.querySelector("progress").value = percent;
    tell(row, "uploading", words.uploading.replace("{}", percent));
  };
  request.onload = () => {
    const said = JSON.parse(request.responseText.startsWith("{") ? request.responseText : "{}");
    if (request.status !== 201) return tell(row, "failed", said.message ?? words.failed);
    row.querySelector(".name").href = `#documents/${encodeURIComponent(said.doc)}`;
    followed.set(said.doc, row);
    busy = true;
    refresh();
  };
  request.onerror = () => tell(row, "failed", words.failed);
  request.onloadend = () => {
    sending -= 1;
    next();
  };
  request.open("POST", `/documents?${new URLSearchParams({ name: file.name })}`);
  request.setRequestHeader("Content-Type", "application/octet-stream");
  request.send(file);
}

function arrive(name) {
  const rows = part(".arrivals");
  const row = part("template").content.firstElementChild.cloneNode(true);
  row.querySelector(".name").textContent = name;
  tell(row, "uploading", "");
  rows.prepend(row);
  const over = [...rows.children].slice(ROWS);
  for (const old of over.filter((one) => one.dataset.state === "indexed")) old.remove();
  return row;
}

function tell(row, state, text) {
  if (!row) return;
  row.dataset.state = state;
  row.querySelector(".how").textContent = text;
}

// --- one document

async function open(doc, again = false) {
  const { said, wrong } = await ask(`/one?${of(doc)}`);
  if (place().doc !== doc) return;
  const one = part(".one");
  if (!said) {
    location.replace("#documents");
    return complain(wrong);
  }
  if (again && one.shown === said) return;
  const top = again ? part(".opened .page")?.scrollTop : 0;
  const page = again ? part(".leaf")?.dataset.page : 1;
  one.innerHTML = one.shown = said;
  part(".opened .page").scrollTop = top;
  if (page > 1) turn(Number(page), false);
  else light(1);
  if (!again) one.querySelector("h2").focus({ preventScroll: true });
}

function complain(wrong) {
  const row = arrive(place().doc);
  tell(row, "failed", wrong);
}

// Show another page as it looks; the text follows, or led the way.
function turn(number, follow = true) {
  const leaf = part(".leaf");
  if (!leaf || number < 1 || number > leaf.dataset.pages) return;
  const image = leaf.querySelector("img");
  const label = leaf.querySelector("[data-of]");
  if (image.dataset.page !== String(number)) {
    image.dataset.page = leaf.dataset.page = number;
    image.hidden = false;
    leaf.querySelector(".hint").hidden = true;
    image.classList.add("turning");
    image.alt = leaf.dataset.label.replace("{}", number);
    image.src = image.src.replace(/page=\d+$/, `page=${number}`);
  }
  if (label) label.textContent = label.dataset.of.replace("{}", number).replace("{}", leaf.dataset.pages);
  for (const button of leaf.querySelectorAll("[data-turn]")) {
    const to = number + Number(button.dataset.turn);
    button.disabled = to < 1 || to > leaf.dataset.pages;
  }
  light(number);
  const text = part(`.opened .on[data-number="${number}"]`);
  const sheet = part(".opened .page");
  if (follow && text) sheet.scrollTop += text.getBoundingClientRect().top - sheet.getBoundingClientRect().top - 40;
}

// Mark the text of the page that is shown.
function light(number) {
  if (!(part(".leaf")?.dataset.pages > 1)) return;
  for (const text of element.querySelectorAll(".opened .on")) {
    text.classList.toggle("current", text.dataset.number === String(number));
  }
}

// The page whose text is at the top third of what is seen of the text.
function read() {
  const sheet = part(".opened .page").getBoundingClientRect();
  const at = sheet.top + sheet.height / 3;
  const seen = [...element.querySelectorAll(".opened .folio")].filter(
    (folio) => folio.getBoundingClientRect().top <= at,
  );
  const number = Number(seen.at(-1)?.dataset.number ?? 1);
  if (String(number) !== (part(".leaf").dataset.page ?? "1")) turn(number, false);
}

async function save(form) {
  const doc = place().doc;
  const { fields, wrong } = await ask(`/facts?${of(doc)}`, {
    method: "PUT",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(Object.fromEntries(new FormData(form))),
  });
  for (const field of form.querySelectorAll(".field")) {
    const control = field.querySelector("input, select");
    const error = fields?.[control.name] ?? "";
    field.querySelector(".error").textContent = error;
    control.setAttribute("aria-invalid", Boolean(error));
  }
  form.querySelector("[aria-invalid=true]")?.focus();
  form.querySelector(".deeds .details").textContent = wrong || form.querySelector(".deeds .details").textContent;
  if (fields || wrong !== undefined) return;
  busy = true;
  await open(doc);
  refresh();
}

async function remove() {
  const doc = place().doc;
  part("dialog").close();
  const { wrong } = await ask(`?${of(doc)}`, { method: "DELETE" });
  if (wrong !== undefined) return complain(wrong);
  busy = true;
  location.hash = "#documents";
}

const deeds = {
  dismiss: (button) => button.closest("li").remove(),
  update: async () => {
    await ask("/update", { method: "POST" });
    busy = true;
    refresh();
  },
  correct: () => {
    const form = part(".facts");
    form.hidden = !form.hidden;
    part("[data-do=correct]").setAttribute("aria-expanded", !form.hidden);
    (form.hidden ? part("[data-do=correct]") : form.elements[0]).focus();
  },
  remove: () => part("dialog").showModal(),
  removed: remove,
  keep: () => part("dialog").close(),
};

element.addEventListener("click", (event) => {
  const folio = event.target.closest(".opened .folio");
  if (folio) return turn(Number(folio.dataset.number));
  const button = event.target.closest("button");
  if (!button) return;
  const { do: deed, sort, page, turn: step } = button.dataset;
  if (deed) return deeds[deed](button);
  if (step) return turn(Number(part(".leaf").dataset.page ?? 1) + Number(step));
  if (sort !== undefined) Object.assign(view, { sort, page: 1 });
  if (page !== undefined) view.page = page;
  if (sort !== undefined || page !== undefined) refresh();
});

element.addEventListener("submit", (event) => {
  event.preventDefault();
  save(event.target);
});

element.addEventListener("input", (event) => {
  if (!event.target.closest(".seek")) return;
  Object.assign(view, { [event.target.name]: event.target.value, page: 1 });
  clearTimeout(timer);
  timer = setTimeout(refresh, 200);
});

element.addEventListener("change", (event) => {
  if (event.target.type !== "file") return;
  take(event.target.files);
  event.target.value = "";
});

for (const name of ["dragenter", "dragover", "dragleave", "drop"]) {
  element.addEventListener(name, (event) => {
    if (![...event.dataTransfer.types].includes("Files")) return;
    event.preventDefault();
    part(".drop").classList.toggle("over", name === "dragenter" || name === "dragover");
    if (name !== "drop") return;
    if (place().doc) location.hash = "#documents";
    take(event.dataTransfer.files);
  });
}

addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !isHere() || part("dialog[open]") || !place().doc) return;
  if (event.target.closest(".facts")) return deeds.correct();
  location.hash = "#documents";
});

// `load`, `error` and `scroll` don't bubble: they are caught on the way down.
element.addEventListener("load", (event) => event.target.classList.remove("turning"), true);
element.addEventListener(
  "error",
  (event) => {
    if (!event.target.closest(".leaf")) return;
    event.target.hidden = true;
    part(".leaf .hint").hidden = false;
  },
  true,
);
let reading;
element.addEventListener(
  "scroll",
  (event) => {
    if (!event.target.matches?.(".opened .page") || !part(".leaf")) return;
    clearTimeout(reading);
    reading = setTimeout(read, 120);
  },
  true,
);

addEventListener("hashchange", go);
watch("value", go);
go();
