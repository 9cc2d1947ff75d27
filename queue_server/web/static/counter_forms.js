/* The citizen's forms beside the ticket: read, corrected with the citizen, gone through, printed. */

import { askedNames, drawField, tellProblem } from "./form_fields.js";
import { callApi, find, inLanguage, make, newKey, page, say, setText, show } from "./page.js";

/** Bind the list and the form's own window. Gives `{follow}`, which draws what a ticket has. */
export function connectForms() {
  let followed = "";
  let ticket = null;
  let draft = null;
  let values = {};

  /** The ticket that is at the window, or null. */
  async function follow(now) {
    const print = now ? `${now.id} ${now.services} ${now.papers.ready}/${now.papers.of}` : "";
    if (print === followed) return;
    followed = print;
    if (!now || (ticket && now.id !== ticket.id)) find("form-dialog").close();
    ticket = now;
    await drawList();
  }

  async function drawList() {
    const box = find("forms-box");
    if (!ticket || ticket.papers.of === 0) {
      show(box, false);
      return;
    }
    const { status, body } = await callApi("GET", `/tickets/${ticket.id}/forms`);
    if (status !== 200) {
      followed = "";
      return;
    }
    const shown = body.forms.filter((one) => one.needed || one.draft);
    find("forms").replaceChildren(...shown.map(row));
    show(box, shown.length > 0);
  }

  function row(one) {
    const stands = say(`counter.form.${one.state || "none"}`, one);
    const button = make("button", { class: "button", type: "button", onclick: () => open(one) }, inLanguage(one.title));
    return make("li", { class: `form-${one.state || "none"}` }, button, make("span", {}, stands));
  }

  /** A form that nobody has begun is begun here, with the citizen. */
  async function open(one) {
    const begun = one.draft ? { status: 200, body: one } : await callApi("POST", "/drafts", { form: one.form, ticket: ticket.id }, newKey());
    const id = begun.body.draft;
    const answers = id ? await Promise.all(["/regions", `/forms/${one.form}`, `/drafts/${id}`].map((path) => callApi("GET", path))) : [begun];
    const failed = answers.find((answer) => answer.status !== 200);
    if (failed) {
      setText(find("message"), failed.body.detail);
      return;
    }
    [page.regions, page.form] = [answers[0].body, answers[1].body];
    draft = answers[2].body;
    values = Object.fromEntries(Object.entries(draft.values).map(([name, entry]) => [name, entry.value]));
    setText(find("form-title"), inLanguage(page.form.title));
    find("form-print").href = `/api/v1/drafts/${draft.draft}/pdf`;
    drawAll();
    find("form-dialog").showModal();
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

  /** Kept as the field is left; who writes it stands in the record. */
  async function write(field, value) {
    if (!draft || value === (values[field.name] ?? null)) return;
    const id = draft.draft;
    if (value === null) delete values[field.name];
    else values[field.name] = value;
    const { status, body } = await callApi("PATCH", `/drafts/${id}`, { values: { [field.name]: value } }, newKey());
    if (draft?.draft !== id) return; // closed meanwhile; it is kept all the same
    if (status !== 200) {
      setText(find("form-told"), body.detail);
      return;
    }
    draft = { ...draft, ...body };
    setText(find("form-told"), "");
    if (page.form.fields.some((one) => one.when?.field === field.name)) drawAll();
    else stand();
  }

  function stand() {
    setText(find("form-stands"), say(`counter.form.${draft.state}`, draft));
    for (const box of find("form-parts").querySelectorAll("[data-field]")) {
      const name = box.dataset.field;
      tellProblem(box, draft.missing.includes(name) ? say("form.wrong.missing") : inLanguage(draft.problems[name]));
    }
  }

  find("form-complete").addEventListener("click", async () => {
    const { status, body } = await callApi("POST", `/drafts/${draft.draft}/complete`, {}, newKey());
    setText(find("form-told"), status === 200 ? "" : body.detail);
    if (status !== 200) {
      find("form-parts").querySelector(`[data-field="${body.field}"] :is(input, select, textarea)`)?.focus();
      return;
    }
    draft = { ...draft, ...body };
    stand();
    followed = "";
    find("form-dialog").close();
    await drawList();
  });
  find("form-close").addEventListener("click", () => find("form-dialog").close());
  find("form-dialog").addEventListener("close", () => {
    draft = null;
    values = {};
    find("form-parts").replaceChildren();
  });

  return { follow };
}
