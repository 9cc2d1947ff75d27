/* The citizen's forms beside the ticket: read, corrected with the citizen, gone through, printed. */

import { formDialog } from "./form_dialog.js";
import { callApi, find, inLanguage, make, newKey, say, setText, show } from "./page.js";

/** Bind the list and the form's own window. Gives `{follow}`, which draws what a ticket has. */
export function connectForms() {
  const dialog = formDialog("complete", () => drawList());
  let followed = "";
  let ticket = null;

  /** The ticket that is at the window, or null. */
  async function follow(now) {
    const print = now ? `${now.id} ${now.services} ${now.papers.ready}/${now.papers.of}` : "";
    if (print === followed) return;
    followed = print;
    if (!now || (ticket && now.id !== ticket.id)) dialog.close();
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
    const stands = say(`form.staff.${one.state || "none"}`, one);
    const button = make("button", { class: "button", type: "button", onclick: () => open(one) }, inLanguage(one.title));
    return make("li", { class: `form-${one.state || "none"}` }, button, make("span", {}, stands));
  }

  /** A form that nobody has begun is begun here, with the citizen. */
  async function open(one) {
    const begun = one.draft ? { status: 200, body: one } : await callApi("POST", "/drafts", { form: one.form, ticket: ticket.id }, newKey());
    const problem = begun.body.draft ? await dialog.open(begun.body.draft, one.form) : begun.body;
    if (problem) setText(find("message"), problem.detail);
  }

  return { follow };
}
