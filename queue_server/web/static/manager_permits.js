/* Permits granted at once: found by their number or by whom they are for, taken back with a reason. */

import { callApi, find, inLanguage, make, newKey, say, setText, show } from "./page.js";

const SHOWN_MS = 15000;
const NUMBER = /^[A-Z]{1,4}\d{4}-\d+$/;
const ENDS_SHOWN = 2; // signs of a plate or a name, at each end

let done = () => {};
let sought = ""; // what was last searched for
let drawn = ""; // what is shown: drawn anew only when it changed, so that keys keep their place
let chosen = ""; // the number of the permit that is being taken back

/** `whenDone()` hears that a permit was taken back. */
export function connectPermits(whenDone) {
  if (!find("permits")) return; // the hall grants none
  done = whenDone;
  find("permits-open").addEventListener("click", openSearch);
  find("permits-form").addEventListener("submit", search);
  find("revoking-form").addEventListener("submit", revoke);
  find("permits").addEventListener("close", forget);
  setInterval(() => {
    if (sought) showFound();
  }, SHOWN_MS);
}

function openSearch() {
  find("permits-form").reset();
  find("permits").showModal();
}

/** Nobody's plate stays on the page, or in it, when the dialog is closed. */
function forget() {
  sought = "";
  draw([]);
  sayProblem("permits", "");
}

async function search(event) {
  event.preventDefault();
  sought = new FormData(find("permits-form")).get("sought").trim();
  await showFound();
}

async function showFound() {
  const asked = sought;
  const { permits = [], wrong = "" } = await foundBy(asked);
  if (asked !== sought) return;
  draw(permits);
  sayProblem("permits", wrong);
}

/** Gives `{permits}`, or `{wrong}` in words. A plate stands in no address. */
async function foundBy(text) {
  const number = text.toUpperCase();
  const { status, body } = NUMBER.test(number)
    ? await callApi("GET", `/permits/${number}`)
    : await callApi("POST", "/permits/find", { holder: text });
  if (status === 404) return { wrong: say("manager.permits.none") };
  if (status !== 200) return { wrong: body.detail };
  const permits = body.permits || [body];
  return permits.length ? { permits } : { wrong: say("manager.permits.none") };
}

function draw(permits) {
  const now = JSON.stringify(permits);
  if (now === drawn) return;
  drawn = now;
  find("permits-found").replaceChildren(...permits.map(card));
}

function card(permit) {
  const isOver = ["expired", "revoked"].includes(permit.state);
  return make(
    "li",
    { class: `permit ${permit.state}`, "data-permit": permit.number },
    make("b", { class: "num" }, permit.number),
    make("span", { class: "state" }, say(`manager.permits.state.${permit.state}`)),
    make("p", {}, `${inLanguage(permit.name)} · ${inLanguage(permit.holder_name)} ${masked(permit.holder)}`),
    make("p", { class: "muted" }, say("manager.permits.days", permit)),
    permit.revoked_at && make("p", { class: "muted" }, whyRevoked(permit)),
    !isOver && make("button", { class: "button", type: "button", "aria-label": say("manager.permits.revoke_label", permit), onclick: () => askWhy(permit) }, say("manager.permits.revoke")),
  );
}

/** Enough to tell one from another, too little to note down: `鲁P***88`. */
function masked(holder) {
  if (!holder) return say("manager.permits.erased");
  const hidden = Math.max(holder.length - 2 * ENDS_SHOWN, 0);
  return hidden ? holder.slice(0, ENDS_SHOWN) + "*".repeat(hidden) + holder.slice(-ENDS_SHOWN) : "*".repeat(holder.length);
}

function whyRevoked({ revoked_at: at, revoked_by: by, reason }) {
  const time = `${at.slice(0, 10)} ${at.slice(11, 16)}`;
  return say("manager.permits.revoked", { time, who: by.replace(/^\w+:/, ""), reason });
}

function askWhy(permit) {
  chosen = permit.number;
  find("revoking-form").reset();
  sayProblem("revoking", "");
  setText(find("revoking-text"), say("manager.permits.revoke_text", { number: permit.number, holder: masked(permit.holder) }));
  find("revoking").showModal();
}

async function revoke(event) {
  event.preventDefault();
  const reason = new FormData(find("revoking-form")).get("reason").trim();
  const { status, body } = await callApi("POST", `/permits/${chosen}/revoke`, { reason }, newKey());
  if (status !== 200) {
    sayProblem("revoking", body.detail);
    return;
  }
  find("revoking").close();
  await showFound();
  find("permits-sought").focus(); // the button that was pressed is gone
  done();
}

function sayProblem(name, words) {
  setText(find(`${name}-problem`), words);
  show(find(`${name}-problem`), words !== "");
}
