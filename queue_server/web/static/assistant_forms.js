/* A citizen's forms on an assistant's tablet: opened once the citizen agrees, filled in together. */

import { formDialog } from "./form_dialog.js";
import { callApi, find, inLanguage, make, newKey, say, setText, show } from "./page.js";

/** Bind the dialogs; gives `{offer}`, which shows a ticket's forms. */
export function connectForms() {
  const dialog = formDialog("ready", () => drawList());
  let ticket = null;

  async function offer(wanted) {
    ticket = wanted;
    setText(find("forms-title"), say("assistant.forms.title", { number: ticket.number }));
    find("forms-list").replaceChildren();
    find("forms").showModal();
    await drawList();
  }

  async function drawList() {
    const { status, body } = await callApi("GET", `/tickets/${ticket.id}/forms`);
    complain(status === 200 ? "" : body.detail);
    const forms = status === 200 ? body.forms : [];
    const isFirst = (one) => Boolean(one.needed || one.draft);
    find("forms-list").replaceChildren(...forms.sort((one, other) => isFirst(other) - isFirst(one)).map(row));
    show(find("forms-none"), status === 200 && !forms.length);
  }

  function row(one) {
    const title = inLanguage(one.title);
    const button = make("button", { class: "button", type: "button", "aria-label": say("assistant.forms.open.of", { title }), onclick: () => open(one) }, say("assistant.forms.open"));
    return make("li", {}, make("b", {}, title), make("p", { class: "muted" }, say(`form.staff.${one.state || "none"}`, one)), one.state === "complete" ? null : button);
  }

  /** That the citizen agreed goes into the record before anything of it is shown. */
  async function open(one) {
    const begun = one.draft ? { status: 200, body: one } : await callApi("POST", "/drafts", { form: one.form, ticket: ticket.id }, newKey());
    if (begun.status >= 300 || !begun.body.draft) return complain(begun.body.detail);
    const agreed = await callApi("PATCH", `/drafts/${begun.body.draft}`, { consents: ["assistant"] }, newKey());
    const problem = agreed.status === 200 ? await dialog.open(begun.body.draft, one.form) : agreed.body;
    return complain(problem ? problem.detail : "");
  }

  return { offer };
}

function complain(words) {
  setText(find("forms-problem"), words);
  show(find("forms-problem"), words !== "");
}
