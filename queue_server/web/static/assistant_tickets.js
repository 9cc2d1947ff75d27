/* Numbers by an assistant's hand: issued, found again, put right, and shown to be scanned. */

import { connectForms } from "./assistant_forms.js";
import { drawCode, isLive, renewSecret, searchBy } from "./find_ticket.js";
import { itemPicker } from "./item_picker.js";
import { callApi, find, minutesTold, newKey, say, setText, show } from "./page.js";
import { slipPrinting } from "./slip_print.js";

const CANCELLABLE = ["waiting", "called", "parked", "missed"];

/** Bind the forms; `names` is a name book, `tell` says what became of it. Gives `{redraw, hearSlip}`. */
export function connectTickets(names, tell) {
  const issuing = itemPicker("issue", names);
  const correcting = itemPicker("correct", names);
  const forms = connectForms();
  const acts = [
    { name: "forms", does: forms.offer, fits: isLive },
    { name: "correct", does: openCorrect, fits: isLive },
    { name: "reprint", does: reprint, fits: isLive },
    { name: "cancel", does: openGivingUp, fits: ({ state }) => CANCELLABLE.includes(state) },
  ];
  const printing = slipPrinting();
  const search = searchBy("find", names.group, acts);
  let key = newKey();
  let about = null;

  find("find").addEventListener("submit", (event) => {
    event.preventDefault();
    search(find("find-text").value);
  });
  find("issue").addEventListener("submit", issue);
  find("correct").querySelector("form").addEventListener("submit", correct);
  find("giving-up").querySelector("form").addEventListener("submit", giveUp);
  find("slip").addEventListener("close", () => find("slip-code").replaceChildren());

  async function issue(event) {
    event.preventDefault();
    const body = wanted(event.target);
    if (!body.services && !body.group) return complain("issue", say("assistant.issue.nothing"));
    const answer = await send(event.target, "POST", "/tickets", body, key);
    if (answer.status) key = newKey(); // only a question without an answer is asked again
    if (answer.status !== 201) return complain("issue", answer.body.detail || answer.body.title);
    complain("issue", "");
    event.target.reset();
    issuing.choose([]);
    return showSlip(answer.body, say("assistant.issued", { number: answer.body.number }), say("find.slip.new"));
  }

  function wanted(form) {
    const told = new FormData(form);
    const body = { priority: told.get("priority"), needs: told.getAll("needs"), language: told.get("language") };
    if (issuing.chosen().length) body.services = issuing.chosen();
    else if (told.get("group")) body.group = told.get("group");
    for (const name of ["phone", "id_number", "initials"]) if (told.get(name).trim()) body[name] = told.get(name).trim();
    return body;
  }

  async function reprint(ticket) {
    const renewed = await renewSecret(ticket);
    if (renewed.problem) tell(renewed.problem.detail, true);
    else showSlip(renewed, renewed.number, say("find.slip"));
  }

  function showSlip(ticket, title, more) {
    setText(find("slip-title"), title);
    const wait = ticket.wait && say("assistant.wait", { minutes: minutesTold(ticket.wait, 1) });
    const ahead = ticket.ahead !== null && say("assistant.ahead", { count: ticket.ahead });
    setText(find("slip-more"), [[ahead, wait].filter(Boolean).join(" · "), more].filter(Boolean).join(" — "));
    find("slip").showModal();
    drawCode(find("slip-code"), ticket);
    printing.offer(ticket);
  }

  function openGivingUp(ticket) {
    about = { ...ticket, key: newKey() };
    setText(find("giving-up-title"), say("assistant.giving-up.title", { number: ticket.number }));
    complain("giving-up", "");
    find("giving-up").showModal();
  }

  async function giveUp(event) {
    event.preventDefault();
    const answer = await send(event.target, "POST", `/tickets/${about.id}/cancel`, {}, about.key);
    if (answer.status !== 200) return complain("giving-up", answer.body.detail || answer.body.title);
    find("giving-up").close();
    tell(say("assistant.given-up", { number: about.number }));
    return search(find("find-text").value);
  }

  function openCorrect(ticket) {
    about = { ...ticket, key: newKey() };
    const form = find("correct").querySelector("form");
    form.reset();
    setText(find("correct-title"), say("assistant.correct.title", { number: ticket.number }));
    correcting.choose(ticket.services);
    form.elements.priority.value = ticket.priority;
    form.elements.note.value = ticket.note;
    for (const box of form.querySelectorAll("[name=needs]")) box.checked = ticket.needs.includes(box.value);
    complain("correct", "");
    find("correct").showModal();
  }

  async function correct(event) {
    event.preventDefault();
    const body = changed(event.target);
    if (!Object.keys(body).length) return complain("correct", say("assistant.correct.nothing"));
    body.reason = new FormData(event.target).get("reason").trim();
    if (!body.reason) return complain("correct", say("assistant.correct.why"));
    const answer = await send(event.target, "PATCH", `/tickets/${about.id}`, body, about.key);
    if (answer.status) about.key = newKey();
    if (answer.status !== 200) return complain("correct", answer.body.detail || answer.body.title);
    find("correct").close();
    tell(say("assistant.corrected", { number: about.number }));
    return search(find("find-text").value);
  }

  function changed(form) {
    const told = new FormData(form);
    const now = { services: correcting.chosen(), priority: told.get("priority"), needs: told.getAll("needs"), note: told.get("note").trim() };
    const body = {};
    for (const [name, value] of Object.entries(now)) if (String(value) !== String(about[name])) body[name] = value;
    if (body.services && !body.services.length) delete body.services;
    return body;
  }

  return {
    hearSlip: printing.hear,
    redraw() {
      issuing.redraw();
      correcting.redraw();
    },
  };
}

async function send(form, method, path, body, key) {
  const button = form.querySelector("[type=submit]");
  button.setAttribute("aria-busy", "true");
  const answer = await callApi(method, path, body, key);
  button.removeAttribute("aria-busy");
  return answer;
}

function complain(name, words) {
  setText(find(`${name}-problem`), words);
  show(find(`${name}-problem`), words !== "");
}
