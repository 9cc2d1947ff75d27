/* The assistants' page: who asked for help, and what an assistant does about it. */

import { connectTickets } from "./assistant_tickets.js";
import { makeBell } from "./bell.js";
import { openLine } from "./line.js";
import { nameBook } from "./names.js";
import { callApi, find, goToLogin, inLanguage, make, page, say, setText, show, whoIsHere } from "./page.js";

/** What the page shows: the calls for help as last told, the hall, and whom one may hand over to. */
const floor = { me: null, hall: null, help: [], colleagues: [] };
const names = nameBook(() => tickets.redraw());
const tickets = connectTickets(names, tell);
const bell = makeBell(() => {});
const heard = new Set();
let line = null;
let handing = null;

async function begin() {
  find("logout").addEventListener("click", logOut);
  floor.me = await whoIsHere();
  if (!floor.me) return;
  setText(find("who"), floor.me.name || floor.me.username);
  line = openLine("/assistant", { onMessage: hear, onRefused: refused });
  for (const button of document.querySelectorAll("[data-view]")) button.addEventListener("click", () => showView(button.dataset.view));
  find("sound").addEventListener("click", switchSound);
  find("hand").querySelector("form").addEventListener("submit", handOver);
  for (const button of document.querySelectorAll("[data-back]")) button.addEventListener("click", () => button.closest("dialog").close());
  setInterval(drawAges, 5000);
}

async function refused() {
  if (!(await whoIsHere())) return;
  show(find("views"), false);
  show(find("ways"), false);
  show(find("denied"), true);
}

async function logOut() {
  await callApi("DELETE", "/sessions");
  goToLogin();
}

function showView(wanted) {
  for (const button of document.querySelectorAll("[data-view]")) {
    const chosen = button.dataset.view === wanted;
    button.setAttribute("aria-pressed", chosen);
    show(find(`view-${button.dataset.view}`), chosen);
  }
  tell("");
  scrollTo(0, 0);
}

export function tell(words, isProblem = false) {
  setText(find("told"), words);
  find("told").className = words === "" ? "" : isProblem ? "problem" : "good";
}

// --- calls for help ---

function hear(name, body) {
  if (body.hall) {
    floor.hall = body.hall;
    names.hear(body.hall);
  }
  if (body.colleagues) floor.colleagues = body.colleagues;
  if (body.help) takeHelp(body.help);
  if (name === "slip") tickets.hearSlip(body.slip);
}

function takeHelp(help) {
  floor.help = help;
  const asked = help.filter((one) => one.state === "asked" && (!one.wanted || one.wanted === floor.me.username));
  if (asked.some((one) => !heard.has(keyOf(one)))) bell.ring();
  else if (!asked.length) bell.hush();
  for (const one of asked) heard.add(keyOf(one));
  drawCalls();
}

/** New again when it is asked for again, or handed over. */
function keyOf(one) {
  return `${one.id}/${one.times}/${one.wanted}`;
}

function drawCalls() {
  const rank = (one) => (one.state === "asked" ? 0 : isMine(one) ? 1 : 2);
  const sorted = [...floor.help].sort((one, other) => rank(one) - rank(other) || Date.parse(one.since) - Date.parse(other.since));
  find("calls").replaceChildren(...sorted.map(callCard));
  show(find("none"), sorted.length === 0);
  const open = sorted.filter((one) => one.state === "asked").length;
  setText(find("count"), open || "");
  drawAges();
}

function callCard(one) {
  const place = inLanguage(one.place);
  return make(
    "li",
    { class: `call ${one.state}`, "data-help": one.id },
    make("h2", {}, place),
    make("p", {}, [zoneOf(one), make("span", { "data-since": one.since }), one.times > 1 && say("assistant.times", { times: one.times })].filter(Boolean).reduce(joined, make("span"))),
    one.reason && make("p", { class: "reason" }, one.reason),
    one.note && make("p", { class: "muted" }, say("assistant.note", { note: one.note })),
    standing(one) && make("p", { class: "standing" }, standing(one)),
    make("div", { class: "acts-of-one" }, ...actsOf(one).map((act) => actButton(act, one, place))),
  );
}

function joined(whole, part) {
  if (whole.childNodes.length) whole.append(" · ");
  whole.append(part);
  return whole;
}

function zoneOf(one) {
  const zone = floor.hall.zones.find((known) => known.id === one.zone);
  return zone ? say("assistant.in", { zone: inLanguage(zone.name) }) : "";
}

function standing(one) {
  if (one.by) return isMine(one) ? say("assistant.by.me") : say("assistant.by", { name: one.by.name });
  const wanted = floor.colleagues.find((known) => known.username === one.wanted);
  return one.wanted ? say("assistant.wanted", { name: wanted ? wanted.name : one.wanted }) : "";
}

function isMine(one) {
  return one.by !== null && one.by.username === floor.me.username;
}

function actsOf(one) {
  if (one.state === "asked") return ["take"];
  return isMine(one) || ["manager", "admin"].includes(floor.me.role) ? ["done", "hand"] : [];
}

function actButton(act, one, place) {
  const first = act !== "hand";
  const does = act === "hand" ? () => openHand(one) : () => ask(act, { id: one.id });
  return make("button", { class: first ? "button primary" : "button", type: "button", "aria-label": say(`assistant.${act}.of`, { place }), onclick: does }, say(`assistant.${act}`));
}

async function ask(name, body) {
  bell.hush();
  const ack = await line.ask(name, body);
  tell(ack.ok ? "" : ack.problem.detail, !ack.ok);
  return ack;
}

/** How long ago each was asked for. */
function drawAges() {
  for (const place of document.querySelectorAll("[data-since]")) {
    const minutes = Math.floor((line.now() - Date.parse(place.dataset.since)) / 60000);
    setText(place, minutes < 1 ? say("assistant.since.now") : say("assistant.since", { minutes }));
  }
}

// --- handing over ---

function openHand(one) {
  handing = one;
  setText(find("hand-place"), inLanguage(one.place));
  const others = floor.colleagues.filter(({ username }) => username !== floor.me.username);
  const choices = [{ username: "", name: say("assistant.hand.anybody") }, ...others];
  find("hand-to").replaceChildren(
    ...choices.map(({ username, name }, at) => make("label", { class: "choice" }, make("input", { type: "radio", name: "to", value: username, checked: at === 0 }), name)),
  );
  find("hand-note").value = "";
  show(find("hand-problem"), false);
  find("hand").showModal();
}

async function handOver(event) {
  event.preventDefault();
  const told = new FormData(event.target);
  const body = { id: handing.id, note: told.get("note").trim() };
  if (told.get("to")) body.to = told.get("to");
  const ack = await ask("hand_over", body);
  if (ack.ok) find("hand").close();
  else setText(find("hand-problem"), ack.problem.detail);
  show(find("hand-problem"), !ack.ok);
}

function switchSound() {
  if (bell.isOn()) bell.turnOff();
  else bell.turnOn();
  find("sound").setAttribute("aria-pressed", bell.isOn());
  setText(find("sound"), say(bell.isOn() ? "assistant.sound.off" : "assistant.sound.on"));
}

begin();
