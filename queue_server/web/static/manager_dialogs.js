/* The manager's dialogs: filled from the floor as it is, read into the message they send. */

import { callApi, find, make, say, setText, show } from "./page.js";
import { doing } from "./manager_views.js";

let chosen = 0; // the window of the open dialog

/** Let every form of the dialogs send its message by `ask`; `on` says what became of it. */
export function connectDialogs(floor, ask, on) {
  for (const dialog of document.querySelectorAll("dialog")) {
    dialog.querySelector("[data-back]").addEventListener("click", () => dialog.close());
    for (const form of dialog.querySelectorAll("form[data-ask]")) {
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        send(dialog, form, floor, ask, on);
      });
    }
  }
  find("release").addEventListener("click", () => sureToRelease(true));
}

async function send(dialog, form, floor, ask, on) {
  const button = form.querySelector("[type=submit]");
  button.disabled = true;
  const ack = await ask(form.dataset.ask, BODIES[form.dataset.ask](new FormData(form), floor));
  button.disabled = false;
  if (ack.ok) {
    dialog.close();
    on.done();
  } else {
    sayProblem(dialog.id, on.problemOf(ack));
  }
}

const BODIES = {
  window_open: (data) => (data.get("clerk") ? { n: chosen, clerk: data.get("clerk").trim() } : { n: chosen }),
  hand_over: (data) => ({ n: chosen, to: data.get("to").trim() }),
  window_pause: (data) => ({ n: chosen, reason: data.get("reason").trim() }),
  window_close: () => ({ n: chosen }),
  window_release: () => ({ n: chosen }),
  window_set: (data) => ({ n: chosen, groups: data.getAll("groups"), plate: { zh: data.get("zh").trim(), en: data.get("en").trim() } }),
  hall_open: (data) => ({ reason: data.get("reason").trim() }),
  hall_close: (data) => ({ reason: data.get("reason").trim(), cancel_waiting: data.get("cancel_waiting") === "yes" }),
  notice_add: (data, floor) => ({
    text: { zh: data.get("zh").trim(), en: data.get("en").trim() },
    zones: data.getAll("zones"),
    until: data.get("until") ? nextTime(data.get("until"), floor.now) : null,
  }),
};

/** When the hall's clock next shows `time` ("17:00"); `now` is an ISO time with the hall's offset. */
function nextTime(time, now) {
  const today = Date.parse(`${now.slice(0, 10)}T${time}:00${now.slice(-6)}`);
  const day = 24 * 3600 * 1000;
  return new Date(today > Date.parse(now) ? today : today + day).toISOString();
}

function sayProblem(name, words) {
  const place = find(`${name}-problem`);
  setText(place, words);
  show(place, words !== "");
}

const FILL = { window: fillWindow, closing: fillClosing, opening: () => {}, notice: () => {} };

/** Open one: `window` (with its `number`), `closing`, `opening` or `notice`. */
export function openDialog(name, floor, more = {}) {
  const dialog = find(name);
  for (const form of dialog.querySelectorAll("form")) form.reset();
  sayProblem(name, "");
  FILL[name](floor, more);
  dialog.showModal();
}

function fillWindow({ windows }, { number }) {
  chosen = number;
  const one = windows.find((window) => window.number === number);
  setText(find("window-title"), `${say("manager.window.title", { number })} · ${say(`manager.state.${doing(one)}`)}`);
  find("window-facts").replaceChildren(...facts(one));
  for (const part of find("window").querySelectorAll("[data-states]")) {
    show(part, part.dataset.states.split(" ").includes(one.state));
  }
  for (const box of find("window").querySelectorAll("[name=groups]")) box.checked = one.groups.includes(box.value);
  find("plate-zh").value = one.plate?.zh ?? "";
  find("plate-en").value = one.plate?.en ?? "";
  listClerks();
  setText(find("release-yes"), say("manager.window.release_yes", { number }));
  sureToRelease(false);
}

/** Who may sit at windows, to be chosen from while typing. */
async function listClerks() {
  const { status, body } = await callApi("GET", "/colleagues");
  if (status !== 200) return; // a name may be typed all the same
  find("clerks").replaceChildren(...body.colleagues.map(({ username, name }) => make("option", { value: username }, name)));
}

function facts(one) {
  const nobody = say("manager.window.nobody");
  const clerk = one.clerk ? `${one.clerk.name} ${one.clerk.staff_no}`.trim() : nobody;
  const rows = [
    ["clerk", clerk],
    ["ticket", one.ticket ? one.ticket.number : nobody],
    ["pause_reason", one.pause_reason],
  ];
  return rows
    .filter(([, value]) => value)
    .flatMap(([name, value]) => [make("dt", {}, say(`manager.window.${name}`)), make("dd", {}, value)]);
}

function sureToRelease(asked) {
  show(find("release-sure"), asked);
  find("release").setAttribute("aria-expanded", asked);
  if (asked) find("release-yes").focus();
}

function fillClosing({ queues }) {
  const waiting = queues.reduce((total, queue) => total + queue.waiting, 0);
  setText(find("closing-keep"), say("manager.hall.keep_waiting", { waiting }));
  setText(find("closing-cancel"), say("manager.hall.cancel_waiting", { waiting }));
}
