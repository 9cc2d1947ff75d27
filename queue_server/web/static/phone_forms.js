/* The forms of a visit, on its citizen's phone: filled in while one waits, so that nothing is written twice. */

import { callApi, find, inLanguage, make, newKey, say, show } from "./page.js";

const WHILE = ["waiting", "parked", "called", "serving", "missed"];

/** Bind the list. `secret` is the ticket's, `tell(words)` says what went wrong. Gives `{draw}`. */
export function connectForms(secret, tell) {
  let drawn = "";

  async function draw(ticket) {
    const now = `${ticket.id} ${ticket.services} ${ticket.papers.ready}/${ticket.papers.of} ${ticket.verdict} ${WHILE.includes(ticket.state)}`;
    if (now === drawn) return;
    drawn = now;
    if (!WHILE.includes(ticket.state) || ticket.services.length === 0) {
      show(find("forms"), false);
      return;
    }
    const { status, body } = await callApi("GET", `/tickets/${ticket.id}/forms`, undefined, undefined, secret);
    if (status !== 200) {
      drawn = "";
      return;
    }
    const mine = body.forms.filter((one) => one.needed || one.draft);
    const others = body.forms.filter((one) => !mine.includes(one));
    fill(find("forms-list"), mine);
    fill(find("forms-others-list"), others);
    show(find("forms-others"), others.length > 0);
    show(find("forms"), body.forms.length > 0);
    if (find("papers-promise")) fill(find("papers-promise"), ticket.verdict === "later" ? body.forms.filter(isPromise) : []);
    find("forms-others").open = mine.length === 0 && find("forms-others").open;
  }

  /** What is signed where papers follow later: it stands beside those that are missing, too. */
  function isPromise(one) {
    return one.offered.includes("papers-missing");
  }

  function fill(list, forms) {
    list.textContent = "";
    list.append(...forms.map((one) => make("li", {}, entry(one))));
  }

  function entry(one) {
    const stands = make("span", { class: `stands ${one.state || "new"}` }, say(`phone.forms.${one.state || "new"}`, one));
    const button = make("button", { type: "button", class: "form" }, make("b", {}, inLanguage(one.title)), stands);
    button.addEventListener("click", () => open(one, button));
    return button;
  }

  async function open(one, button) {
    button.disabled = true;
    const begun = one.secret ? { status: 200, body: one } : await callApi("POST", "/drafts", { form: one.form }, newKey(), secret);
    button.disabled = false;
    if (begun.body && begun.body.secret) location.assign(`/form/${begun.body.secret}`);
    else tell(begun.body.detail);
  }

  return { draw };
}
