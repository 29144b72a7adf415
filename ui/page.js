// Runs once for the conversation and once for the document pane; `element`, `trigger` and `watch` are
// gradio's. Nothing here makes markup: it passes clicks on and moves the view.

const compact = matchMedia("(max-width: 860px)");

function copy(button) {
  const done = () => {
    const label = button.textContent;
    button.textContent = button.dataset.done;
    setTimeout(() => (button.textContent = label), 1500);
  };
  // The clipboard API exists only in secure contexts: not on http://192.168.…
  if (navigator.clipboard) return navigator.clipboard.writeText(button.dataset.copy).then(done);
  const area = document.createElement("textarea");
  area.value = button.dataset.copy;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
  done();
}

// Bring the quoted words into view, or the beginning where none are marked.
function reveal(reader) {
  const mark = reader.querySelector("mark");
  if (mark) mark.scrollIntoView({ block: "center" });
  else reader.querySelector(".page").scrollTo({ top: 0 });
}

element.addEventListener("click", (event) => {
  const copied = event.target.closest("[data-copy]");
  if (copied) return copy(copied);
  const source = event.target.closest("[data-event]");
  if (!source || String(getSelection())) return; // selecting words of a card does not open it
  const { event: name, ...detail } = source.dataset;
  if (name === "clear" && history.state?.reader) return history.back();
  if (name === "select") {
    window.readerOpener = event.target.closest("button") ?? source.querySelector("button");
    const reader = document.querySelector("#pane .reader");
    const isOpen = reader && Object.keys(detail).every((key) => reader.dataset[key] === detail[key]);
    if (isOpen) return reveal(reader);
  }
  trigger(name, detail);
});

element.addEventListener("keydown", (event) => {
  if (event.key === "Escape") element.querySelector(".back")?.click();
});

// On a phone the document covers the chat, and the phone's own way back must lead there.
addEventListener("popstate", () => {
  if (compact.matches && element.querySelector(".reader")) trigger("clear");
});

// There is another index: what is shown of its documents is shown anew, but no answer and no open document.
addEventListener("documentschange", () => {
  if (element.querySelector(".welcome, .library")) trigger("clear");
});

watch("value", () => {
  document.documentElement.lang = element.querySelector("[lang]").lang;
  const last = element.querySelector(".turn:last-child");
  if (last) element.querySelector(".thread").scrollTo({ top: last.offsetTop + 1 });
  const reader = element.querySelector(".reader");
  if (reader) {
    reveal(reader);
    reader.querySelector("h2").focus({ preventScroll: true });
    if (compact.matches && !history.state?.reader) history.pushState({ reader: true }, "");
  } else if (element.querySelector(".library")) {
    window.readerOpener?.focus();
    window.readerOpener = null;
  }
});
