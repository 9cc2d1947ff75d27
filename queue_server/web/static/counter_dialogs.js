/* What a clerk is asked before something is done: outcome, reason, where to, which items. */

import { whyNot } from "./counter_plan.js";
import { explain } from "./counter_why.js";
import { drawCode, isLive, renewSecret, searchBy } from "./find_ticket.js";
import { callApi, find, inLanguage, make, newKey, noConnection, say, setText, show } from "./page.js";
import { slipPrinting } from "./slip_print.js";

const BOUND = new Set(["finish", "park", "transfer", "correct", "refuse"]); // they are about one citizen
let open = null; // what the dialog on the screen is about

export function dialogIsOpen() {
  return Boolean(document.querySelector("dialog[open]"));
}

/** Close a dialog whose citizen has gone meanwhile; tells whether it did. */
export function closeIfOvertaken(ticketId) {
  if (!dialogIsOpen() || !open || !open.ticketId || open.ticketId === ticketId || open.isSending) return false;
  find(open.name).close();
  return true;
}

/**
 * Open a dialog. It stays until the server has agreed, and shows what stands against it.
 * `act(name, body, options)` asks the server; `given` is a number that was pointed at, `about` a
 * ticket that is not at the window.
 */
export function openDialog(name, state, { act, given, about, tell, leave }) {
  const dialog = find(name);
  const form = dialog.querySelector("form");
  form.reset();
  const ticket = about ?? state.window.ticket;
  open = { name, ticketId: BOUND.has(name) && !about ? ticket.id : null, isSending: false };
  const parts = KINDS[name];
  const context = { state, ticket, form, given, about, act, tell, leave, close: () => dialog.close() };
  complain(name, "");
  if (BOUND.has(name)) setText(find(`${name}-title`), say(`counter.${name}.title`, { number: ticket.number }));
  context.memory = parts.fill?.(context) ?? {};
  form.onsubmit = (event) => {
    event.preventDefault();
    submit(name, parts, context);
  };
  dialog.querySelector("[data-cancel]").onclick = () => dialog.close();
  dialog.showModal();
}

async function submit(name, parts, context) {
  if (!parts.read || open.isSending) return;
  const { body, wrong } = parts.read(context);
  // A ticket from elsewhere may be put right whoever is at the window.
  const why = whyNot(context.about ? "find" : name, context.state) ?? wrong;
  complain(name, why ?? "");
  if (why) return;
  const mine = open;
  mine.isSending = true;
  const button = context.form.querySelector("[type=submit]");
  button.setAttribute("aria-busy", "true");
  const ack = await (parts.send ?? sendByLine)(name, body, context);
  button.removeAttribute("aria-busy");
  mine.isSending = false;
  if (open !== mine || !dialogIsOpen() || !ack) return;
  if (ack.ok) context.close();
  else complain(name, ack.problem.detail ?? ack.problem.title);
  if (ack.ok && parts.said) context.tell(parts.said(context));
  if (ack.ok && parts.then) parts.then(context);
  if (ack.ticket?.warning) context.tell(inLanguage(ack.ticket.warning.text), true);
}

function sendByLine(name, body, { act, state, ticket }) {
  const isSame = () => state.window.ticket?.id === ticket?.id;
  return act(name, body, BOUND.has(name) ? { stands: isSame } : {});
}

function complain(name, text) {
  const box = find(`${name}-problem`);
  show(box, Boolean(text));
  setText(box, text);
}

function choiceOf(type, name, value, label) {
  return make("label", { class: "choice" }, make("input", { type, name, value, checked: type === "checkbox" }), label);
}

// --- finish, park, pause, help ---

const finish = {
  fill({ ticket, state }) {
    const services = ticket.steps.find((step) => ["called", "serving"].includes(step.state))?.services ?? [];
    show(find("finish-services"), services.length > 1);
    const choices = services.map((id) => choiceOf("checkbox", "services", id, state.names.service(id).name));
    find("finish-list").replaceChildren(...choices);
    return { services };
  },
  read({ form, memory }) {
    const told = new FormData(form);
    const body = { outcome: told.get("outcome"), reason: told.get("reason").trim() };
    if (body.outcome === "not-possible" && !body.reason) return { wrong: say("counter.required") };
    if (memory.services.length > 1) body.services = told.getAll("services");
    return { body };
  },
};

const park = {
  read: ({ form }) => ({ body: { reason: form.elements.reason.value.trim() } }),
};

const help = {
  read: park.read,
  said: () => say("counter.done.help"),
};

/** A reason among some, or another one in words. */
const pause = {
  fill({ form }) {
    const other = form.elements.other;
    const follow = () => {
      other.closest(".field").hidden = form.elements.reason.value !== "";
    };
    form.onchange = follow;
    follow();
  },
  read({ form }) {
    const reason = form.elements.reason.value || form.elements.other.value.trim();
    return reason ? { body: { reason } } : { wrong: say("counter.required") };
  },
};

// --- a claimed priority, hand-over ---

const refuse = {
  ...pause,
  send: (name, body, { act, state, ticket }) =>
    act("priority", { id: ticket.id, confirmed: false, ...body }, { stands: () => state.window.ticket?.id === ticket.id, button: name }),
  said: ({ ticket }) => say("counter.done.refused", { number: ticket.number }),
};

const handOver = {
  fill({ state }) {
    find("hand_over-to").replaceChildren();
    listColleagues(state);
  },
  read({ form }) {
    const to = form.elements.to.value;
    return to ? { body: { to } } : { wrong: say("counter.required.colleague") };
  },
  then: ({ leave }) => leave(), // the seat is the colleague's, and so is the log-in
};

async function listColleagues({ window }) {
  const { status, body } = await callApi("GET", "/colleagues");
  if (status !== 200) return complain("hand_over", body.detail ?? body.title);
  const others = body.colleagues.filter((one) => one.username !== window.clerk?.username);
  const busy = (one) => (one.window ? ` · ${say("counter.window", { number: one.window })}` : "");
  const options = others.map((one) => make("option", { value: one.username, disabled: one.window !== null }, `${one.name} ${one.staff_no}${busy(one)}`));
  options.sort((one, other) => one.disabled - other.disabled);
  find("hand_over-to").replaceChildren(make("option", { value: "" }, say("counter.hand_over.choose")), ...options);
  if (!others.some((one) => one.window === null)) complain("hand_over", say("counter.hand_over.nobody"));
}

// --- the keys, and why somebody stands where they do ---

const keys = {};

const why = {
  fill: ({ state, given }) => explain(state, given),
};

// --- transfer, call by name, parked ---

const transfer = {
  fill({ state, ticket }) {
    const groups = state.names.groups().filter(([id]) => id !== ticket.group);
    find("transfer-groups").replaceChildren(...groups.map(([id, name]) => make("option", { value: `group ${id}` }, name)));
    find("transfer-windows").replaceChildren();
    listWindows(state);
  },
  read({ form }) {
    const [kind, where] = form.elements.to.value.split(" ");
    const note = form.elements.note.value.trim();
    return { body: kind === "group" ? { group: where, note } : { window: Number(where), note } };
  },
};

async function listWindows({ number, names }) {
  const { status, body } = await callApi("GET", "/windows");
  if (status !== 200) return;
  const manned = body.windows.filter((one) => one.number !== number && ["open", "paused"].includes(one.state));
  const named = (one) => [say("counter.window", { number: one.number }), one.groups.map(names.group).join("、"), one.clerk?.name].filter(Boolean).join(" · ");
  find("transfer-windows").replaceChildren(...manned.map((one) => make("option", { value: `window ${one.number}` }, named(one))));
}

const call = {
  fill({ form, given }) {
    form.elements.ticket.value = given ?? "";
    if (given) setTimeout(() => form.elements.reason.focus());
  },
  read({ form }) {
    const ticket = form.elements.ticket.value.trim().toUpperCase();
    const reason = form.elements.reason.value.trim();
    if (!ticket) return { wrong: say("counter.required.number") };
    return reason ? { body: { ticket, reason } } : { wrong: say("counter.required") };
  },
};

const parked = {
  fill(context) {
    find("parked-list").replaceChildren();
    show(find("parked-none"), false);
    listParked(context);
  },
};

async function listParked({ state, act, close }) {
  const { status, body } = await callApi("GET", "/tickets?state=parked");
  complain("parked", status === 200 ? "" : (body?.detail ?? noConnection().detail));
  if (status !== 200) return;
  show(find("parked-none"), !body.tickets.length);
  const here = (ticket) => ticket.window === state.number;
  const sorted = [...body.tickets].sort((one, other) => here(other) - here(one));
  const unpark = async (ticket) => {
    const why = whyNot("unpark", state);
    const ack = why ? { ok: false, problem: { detail: why } } : await act("unpark", { ticket: ticket.id });
    if (ack?.ok) close();
    else if (ack) complain("parked", ack.problem.detail ?? ack.problem.title);
  };
  find("parked-list").replaceChildren(
    ...sorted.map((ticket) =>
      make(
        "li",
        {},
        make("b", { class: "num" }, ticket.number),
        make("span", { class: "muted" }, here(ticket) ? say("counter.parked.here") : say("counter.window", { number: ticket.window })),
        make("button", { class: "button", type: "button", "aria-label": say("counter.parked.resume", { number: ticket.number }), onclick: () => unpark(ticket) }, say("counter.parked.unpark")),
      ),
    ),
  );
}

// --- a lost slip ---

const lost = {
  fill(context) {
    setText(find("find-none"), "");
    find("find-found").replaceChildren();
    show(find("find-slip"), false);
    find("find-code").replaceChildren();
    const on = (name, more) => {
      context.close();
      openDialog(name, context.state, { ...context, ...more });
    };
    const isFree = () => whyNot("call", context.state) === null;
    return {
      acts: [
        { name: "call", does: ({ number }) => on("call", { given: number }), fits: (one) => isFree() && CALLABLE.includes(one.state) },
        { name: "correct", does: (one) => on("correct", { about: one }), fits: isLive },
        { name: "reprint", does: showNewSlip, fits: isLive },
      ],
    };
  },
  read: ({ form }) => ({ body: form.elements.text.value }),
  async send(name, text, { memory, state }) {
    show(find("find-slip"), false);
    await searchBy("find", state.names.group, memory.acts)(text);
    return null;
  },
};

const printing = slipPrinting();
export const hearSlip = printing.hear;

const CALLABLE = ["waiting", "missed", "parked"];

async function showNewSlip(ticket) {
  const renewed = await renewSecret(ticket);
  if (renewed.problem) return complain("find", renewed.problem.detail);
  setText(find("find-slip-words"), `${renewed.number} · ${say("find.slip")}`);
  show(find("find-slip"), true);
  printing.offer(renewed);
  return drawCode(find("find-code"), renewed);
}

// --- correct ---

const correct = {
  fill(context) {
    const { form, ticket } = context;
    form.elements.priority.value = ticket.priority;
    form.elements.note.value = ticket.note;
    for (const box of form.querySelectorAll("[name=needs]")) box.checked = ticket.needs.includes(box.value);
    context.memory = { services: [...ticket.services], key: newKey() };
    drawItems(context);
    searchItems(context);
    return context.memory;
  },
  read({ form, ticket, memory }) {
    const told = new FormData(form);
    const now = { services: memory.services, priority: told.get("priority"), needs: told.getAll("needs"), note: told.get("note").trim() };
    const body = {};
    for (const [name, value] of Object.entries(now)) if (String(value) !== String(ticket[name])) body[name] = value;
    if (body.services && !body.services.length) return { wrong: say("counter.required.item") };
    if (!Object.keys(body).length) return { wrong: say("counter.required.change") };
    body.reason = told.get("reason").trim();
    const isMoreThanNote = Object.keys(body).some((name) => !["note", "reason"].includes(name));
    return isMoreThanNote && !body.reason ? { wrong: say("counter.required") } : { body };
  },
  async send(name, body, { ticket, memory }) {
    const answer = await callApi("PATCH", `/tickets/${ticket.id}`, body, memory.key);
    if (answer.status) memory.key = newKey(); // only a question without an answer is asked again
    return answer.status === 200 ? { ok: true } : { ok: false, problem: answer.body };
  },
  said: ({ ticket }) => say("counter.done.corrected", { number: ticket.number }),
};

function drawItems(context) {
  const { memory, state } = context;
  find("correct-items").replaceChildren(
    ...memory.services.map((id) => {
      const { name } = state.names.service(id);
      const remove = () => {
        memory.services = memory.services.filter((one) => one !== id);
        drawItems(context);
      };
      return make("li", {}, name, make("button", { class: "button", type: "button", "aria-label": say("counter.correct.remove", { name }), onclick: remove }, "×"));
    }),
  );
}

function searchItems(context) {
  const field = find("correct-search");
  let asked = 0;
  field.value = "";
  find("correct-found").replaceChildren();
  setText(find("correct-none"), "");
  field.oninput = async () => {
    const words = field.value.trim();
    const mine = ++asked;
    const { status, body } = words ? await callApi("GET", `/services?limit=6&q=${encodeURIComponent(words)}`) : { status: 0 };
    if (mine !== asked) return; // typed on meanwhile
    const found = status === 200 ? body.services.filter((one) => !context.memory.services.includes(one.id)) : [];
    setText(find("correct-none"), status === 200 && !found.length ? say("counter.correct.found-none") : "");
    find("correct-found").replaceChildren(...found.map((one) => foundRow(one, context, field)));
  };
}

function foundRow(one, context, field) {
  const { state, memory } = context;
  const add = () => {
    memory.services = [...memory.services, one.id];
    drawItems(context);
    field.value = "";
    field.oninput();
    field.focus();
  };
  state.names.service(one.id);
  return make("li", {}, make("button", { class: "button", type: "button", onclick: add }, `＋ ${inLanguage(one.name)}`));
}

const KINDS = { refuse, hand_over: handOver, keys, why, find: lost, finish, park, help, pause, transfer, call, parked, correct };
