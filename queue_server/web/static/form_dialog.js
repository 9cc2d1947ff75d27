/* A citizen's form in staff's hands: read and corrected with the citizen, then finished. */

import { askedNames, drawField, tellProblem } from "./form_fields.js";
import { makeKeeper } from "./form_keeper.js";
import { callApi, find, inLanguage, make, newKey, page, say, setText } from "./page.js";

/**
 * Bind the dialog of `form_dialog.html`. `end` is what finishing asks for: `complete` of a clerk, `ready` of an
 * assistant; `left()` hears that the form was closed. Gives `{open, close}`: `open(draft, form)` answers the
 * problem, or null.
 */
export function formDialog(end, left) {
  let draft = null;
  let keeper = null;
  let values = {};
  let tellsMissing = false; // a clerk looks for what is missing; who fills in hears of it at the end

  async function open(id, form) {
    const answers = await Promise.all(["/regions", `/forms/${form}`, `/drafts/${id}`].map((path) => callApi("GET", path)));
    const failed = answers.find((answer) => answer.status !== 200);
    if (failed) return failed.body;
    [page.regions, page.form, draft] = answers.map((answer) => answer.body);
    keeper = makeKeeper(id, "", { heard: mine(id, heard), refused: mine(id, refused), stands: mine(id, tellSaving) });
    values = Object.fromEntries(Object.entries(draft.values).map(([name, entry]) => [name, entry.value]));
    tellsMissing = end === "complete";
    setText(find("form-title"), inLanguage(page.form.title));
    if (find("form-print")) find("form-print").href = `/api/v1/drafts/${id}/pdf`;
    setText(find("form-told"), "");
    setText(find("form-saved"), "");
    drawAll();
    find("form-dialog").showModal();
    return null;
  }

  /** What comes when the form was closed, or another opened, is not for this dialog any more. */
  function mine(id, hear) {
    return (told) => draft?.draft === id && hear(told);
  }

  function heard(body) {
    draft = { ...draft, ...body };
    setText(find("form-told"), "");
    stand();
  }

  function refused(problem) {
    setText(find("form-told"), problem.detail);
  }

  function tellSaving(word) {
    setText(find("form-saved"), say(`form.staff.${word}`));
  }

  function drawAll() {
    const asked = askedNames(values);
    const parts = page.form.pages.map((part) => {
      const fields = part.fields.filter((name) => asked.includes(name)).map(drawOne);
      return fields.length ? make("section", {}, make("h3", {}, inLanguage(part.title)), make("div", { class: "fields" }, ...fields)) : null;
    });
    find("form-parts").replaceChildren(...parts.filter(Boolean));
    stand();
  }

  function drawOne(name) {
    const field = page.form.fields.find((one) => one.name === name);
    const entry = draft.values[name];
    return drawField(field, values[name], entry && entry.value === values[name] ? entry.source : null, (value, isLeft) => {
      if (isLeft) write(field, value === "" ? null : value);
    });
  }

  /** Kept as the field is left, until it arrives; who writes it stands in the record. */
  function write(field, value) {
    if (!draft || value === (values[field.name] ?? null)) return;
    if (value === null) delete values[field.name];
    else values[field.name] = value;
    keeper.keep(field.name, value, true);
    if (!page.form.fields.some((one) => one.when?.field === field.name)) return;
    drawAll();
    find("form-parts").querySelector(`[data-field="${field.name}"] input:checked`)?.focus();
  }

  function stand() {
    setText(find("form-stands"), say(`form.staff.${draft.state}`, draft));
    for (const box of find("form-parts").querySelectorAll("[data-field]")) {
      const name = box.dataset.field;
      const isMissing = tellsMissing && draft.missing.includes(name) && values[name] === undefined;
      tellProblem(box, isMissing ? say("form.wrong.missing") : inLanguage(draft.problems[name]));
    }
  }

  find("form-end").addEventListener("click", async () => {
    const id = draft.draft;
    if (!(await keeper.settled())) return;
    const { status, body } = await callApi("POST", `/drafts/${id}/${end}`, {}, newKey());
    if (draft?.draft !== id) return;
    if (status !== 200) {
      setText(find("form-told"), body.detail);
      tellsMissing = true;
      stand();
      find("form-parts").querySelector(`[data-field="${body.field}"] :is(input, select, textarea)`)?.focus();
      return;
    }
    find("form-dialog").close();
  });
  find("form-close").addEventListener("click", () => find("form-dialog").close());
  find("form-dialog").addEventListener("close", () => {
    draft = null;
    values = {};
    find("form-parts").replaceChildren();
    left();
  });

  return { open, close: () => find("form-dialog").close() };
}
