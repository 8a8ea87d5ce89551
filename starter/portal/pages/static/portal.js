// What is more comfortable with a script. Every page works without it.
"use strict";

{ // a scope of its own: the answer to an upload runs the script once more in the same window
  // A file that is too large is named before it is sent.
  for (const input of document.querySelectorAll("input[type=file][data-max]")) {
    const problem = input.parentElement.querySelector("[role=alert]");
    input.addEventListener("change", () => {
      const tooLarge = [...input.files].some((file) => file.size > Number(input.dataset.max));
      problem.textContent = tooLarge ? input.dataset.tooLarge : "";
      problem.hidden = !tooLarge;
      if (tooLarge) input.value = "";
    });
  }

  // A text that has not been sent is not lost without a question.
  const changed = new Set();
  for (const form of document.querySelectorAll("form.form")) {
    form.addEventListener("input", (event) => {
      if (event.target.matches("textarea")) changed.add(form);
    });
    form.addEventListener("submit", () => changed.delete(form));
  }
  window.addEventListener("beforeunload", (event) => {
    if ([...changed].some((form) => [...form.querySelectorAll("textarea")].some((area) => area.value.trim() !== ""))) event.preventDefault();
  });

  // A link to a folded form unfolds it.
  function unfold() {
    const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    const fold = target && target.closest("details");
    if (fold) {
      fold.open = true;
      target.scrollIntoView();
    }
  }
  window.addEventListener("hashchange", unfold);
  unfold();

  // What is wrong with a form is read first.
  const summary = document.querySelector(".summary");
  if (summary) summary.focus();

  // A file shows how much of it has been sent. The answer is the page with the file, or with what is wrong with it.
  for (const bar of document.querySelectorAll("progress")) {
    const form = bar.closest("form");
    form.addEventListener("submit", (event) => {
      const button = event.submitter;
      if (!button || !button.matches("[data-upload]")) return;
      event.preventDefault();
      const sending = new XMLHttpRequest();
      sending.open("POST", button.formAction);
      sending.upload.addEventListener("progress", (sent) => { bar.value = sent.loaded / sent.total; });
      sending.addEventListener("load", () => {
        document.open();
        document.write(sending.responseText);
        document.close();
      });
      sending.addEventListener("error", () => { // as without a script: the browser says what is wrong
        button.disabled = false;
        button.removeAttribute("data-upload");
        button.click();
      });
      sending.send(new FormData(form, button));
      bar.hidden = false;
      button.disabled = true;
    });
  }
}
