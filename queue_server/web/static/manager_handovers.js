/* Forms that the acceptance platform did not take: tried again, or let go with a reason. */

import { callApi, find, inLanguage, make, newKey, say, setText, show } from "./page.js";

const SHOWN_MS = 15000;

let on = { done: () => {}, failed: () => {} };
let chosen = "";

/** `on.done()` hears that a decision was carried out, `on.failed(words)` why not. */
export function connectHandovers(hears) {
  on = hears;
  find("letting-go-form").addEventListener("submit", letGo);
  setInterval(() => {
    if (!find("handovers").hidden) showHandovers();
  }, SHOWN_MS);
}

/** Ask what failed, and show it. */
export async function showHandovers() {
  const { status, body } = await callApi("GET", "/handovers?state=failed");
  if (status !== 200) return;
  show(find("handovers"), body.handovers.length > 0);
  find("handovers-list").replaceChildren(...body.handovers.map(card));
}

function card(one) {
  const name = say("manager.handovers.one", { title: inLanguage(one.title), ticket: one.ticket || say("manager.handovers.no_ticket") });
  return make(
    "li",
    { class: "alert", "data-handover": one.id },
    make("p", { class: "text" }, name),
    make("p", { class: "muted num" }, one.made_at.slice(11, 16)),
    make("p", { class: "muted" }, whyNot(one)),
    make(
      "div",
      { class: "decide" },
      button("retry", name, () => decide(`/handovers/${one.id}/retry`, {})),
      button("drop", name, () => askWhy(one.id)),
    ),
  );
}

/** How often it was tried, and in plain words what the platform did last. */
function whyNot(one) {
  const [kind, status] = one.trouble.split(" ");
  return say("manager.handovers.trouble", { tries: one.tries, trouble: say(`manager.handovers.why.${kind}`, { status }) });
}

function button(does, one, press) {
  const label = say(`manager.handovers.${does}_label`, { one });
  return make("button", { class: "button", type: "button", "aria-label": label, onclick: press }, say(`manager.handovers.${does}`));
}

function askWhy(id) {
  chosen = id;
  find("letting-go-form").reset();
  sayProblem("");
  find("letting-go").showModal();
}

async function letGo(event) {
  event.preventDefault();
  const reason = new FormData(find("letting-go-form")).get("reason").trim();
  const { status, body } = await callApi("POST", `/handovers/${chosen}/drop`, { reason }, newKey());
  if (status === 200) {
    find("letting-go").close();
    await showHandovers();
    on.done();
  } else {
    sayProblem(body.detail);
  }
}

async function decide(path, said) {
  const { status, body } = await callApi("POST", path, said, newKey());
  await showHandovers();
  if (status === 200) on.done();
  else on.failed(body.detail);
}

function sayProblem(words) {
  setText(find("letting-go-problem"), words);
  show(find("letting-go-problem"), words !== "");
}
