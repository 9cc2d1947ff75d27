/* A ticket on its holder's phone: shows it as the hall goes on, rings, and says what the holder wants.
   Written for a WebView of 2018, as are the modules it needs (a test keeps newer syntax out). */

import { makeBell } from "./bell.js";
import { openLine } from "./line.js";
import { nameBook } from "./names.js";
import { find, forgetNoConnection, inLanguage, make, minutesTold, page, say, setText, show } from "./page.js";
import { keepInSight } from "./phone_call.js";
import { connectLook } from "./phone_look.js";
import { connectForms } from "./phone_forms.js";
import { drawMap } from "./phone_map.js";
import { connectPapers } from "./phone_papers.js";
import { connectRating } from "./phone_rating.js";
import { connectTexts } from "./phone_texts.js";
import { connectWhy } from "./phone_why.js";

/** Large letters on a narrow phone break a line; never within a range. */
const UNBROKEN_DASH = "\u2060–\u2060";

const secret = decodeURIComponent(location.pathname.split("/").pop());
const bell = makeBell((ringing) => show(find("hush"), ringing));

let hall = null;
let ticket = null;
let lastCall = null;
let isBusy = false;

const rating = connectRating(nameBook(() => rating.draw(ticket, stateShown() === "finished")), (body) => ask("rate", body), tell);
const papers = connectPapers((name, body) => line.ask(name, body), ({ materials, verdict, papers }) => {
  Object.assign(ticket, { materials, verdict, papers });
  draw();
});
const texts = connectTexts((body) => ask("texts", body));
const forms = connectForms(secret, tell);
connectWhy(() => ticket, secret, tell);
const bringIntoSight = keepInSight(find("now"), find("call-sign"));
const line = openLine("/ticket", { auth: { token: secret }, onMessage: heard, onLine: (up) => up && forgetNoConnection(), onRefused: refused });

function heard(name, body) {
  if (body.hall) hall = body.hall;
  if (body.ticket) ticket = body.ticket;
  if (!hall || !ticket) return;
  draw();
  if (body.help) drawHelp(body.help);
  ringIfCalled();
  setText(find("fresh"), `${say("phone.fresh", { time: body.now.slice(11, 19) })} ·`);
}

/** The secret stopped working: the server has a page that says so. */
function refused() {
  location.reload();
}

// --- what is shown; web/phone.py says the same before this script runs

function stateShown() {
  if (ticket.state !== "finished") return ticket.state;
  if (ticket.rated && ticket.to_rate.length === 0) return "rated";
  return ticket.day === hall.day ? "finished" : "past";
}

function facts(state) {
  return {
    head: say(`phone.${state}.head`),
    number: ticket.number,
    group: named(hall.groups, ticket.group),
    ahead: ticket.ahead === null ? "" : say("phone.ahead_people", { count: ticket.ahead }),
    wait: waitWords(),
    slot: slotWords(),
    text: text(state),
    window: ticket.window ? say("phone.called.window", { window: ticket.window }) : "",
    zone: windowZone(),
    call: ticket.window ? `${ticket.number} · ${say("phone.called.window", { window: ticket.window })}` : "",
    late: say(ticket.late.left ? "phone.late.about" : "phone.late.none", ticket.late),
    map: ticket.window ? say("phone.map.window", { window: ticket.window }) : say("phone.map.group"),
  };
}

function waitWords() {
  if (!ticket.wait) return say("phone.wait_unknown");
  const minutes = minutesTold(ticket.wait, ticket.ahead).replace("–", UNBROKEN_DASH);
  return minutes === "0" ? say("phone.wait_none") : say("phone.wait_minutes", { minutes });
}

/** The appointment, in the hall's own time. */
function slotWords() {
  if (!ticket.slot) return "";
  const { start, end, counts } = ticket.slot;
  return say(`phone.slot.${counts}`, { start: start.slice(11, 16), end: end.slice(11, 16) });
}

function text(state) {
  if (state === "waiting" && ticket.ahead === 0) return say("phone.waiting.next");
  if (state === "called" && !ticket.recalls) return "";
  const zones = ticket.zones.map((zone) => named(hall.zones, zone)).join(say("phone.waiting.or"));
  return say(`phone.${state}.text`, { zones, window: ticket.window, times: ticket.recalls + 1 });
}

function windowZone() {
  const window = hall.windows.find((one) => one.number === ticket.window);
  return window ? say("phone.called.zone", { zone: named(hall.zones, window.zone) }) : "";
}

function named(things, id) {
  const found = things.find((one) => one.id === id);
  return found ? inLanguage(found.name) : id;
}

function draw() {
  const state = stateShown();
  const known = facts(state);
  if (state !== document.body.dataset.state) {
    closeQuestion();
    show(find("because"), false);
  }
  document.body.dataset.state = state;
  for (const place of document.querySelectorAll("[data-fact]")) setText(place, known[place.dataset.fact]);
  for (const part of document.querySelectorAll("[data-states]")) {
    show(part, part.dataset.states.split(" ").includes(state));
  }
  document.title = state === "called" ? `${known.window} ${known.head}` : `${known.number} ${known.head}`;
  rating.draw(ticket, state === "finished");
  papers.draw(ticket);
  texts.draw(ticket);
  forms.draw(ticket);
  drawMap(ticket, known.map);
  drawBusy();
  drawSound();
  drawWay();
  drawSteps();
}

/** How much of the way is done, by time: waited so far against what is still expected. */
function drawWay() {
  show(find("way").parentElement, ticket.wait !== null);
  const waited = (line.now() - Date.parse(ticket.issued_at)) / 1000;
  const share = ticket.wait ? waited / Math.max(1, waited + ticket.wait.p50) : 0;
  find("way").style.width = `${Math.round(share * 100)}%`;
}

function drawSteps() {
  const steps = ticket.steps.length > 1 ? ticket.steps : [];
  show(find("steps"), steps.length > 0);
  find("steps-list").textContent = "";
  for (const step of steps) {
    const when = step.state === "finished" ? "done" : step.state === "pending" ? "later" : "now";
    const word = make("span", {}, say(`phone.steps.${when}`));
    find("steps-list").append(make("li", { class: when }, `${named(hall.groups, step.group)} `, word));
  }
}

// --- the bell

/** Once for a call and for each repetition of it, however often the line breaks meanwhile. */
function ringIfCalled() {
  const call = ticket.state === "called" ? `${ticket.called_at} ${ticket.recalls}` : null;
  if (call === lastCall) return;
  lastCall = call;
  if (!call) {
    bell.hush();
    return;
  }
  tell("");
  bringIntoSight();
  bell.ring();
}

find("hush").addEventListener("click", bell.hush);
find("sound").addEventListener("click", () => {
  const wanted = !bell.isOn();
  if (wanted) bell.turnOn(bellName() === "buzz");
  else bell.turnOff();
  const on = bell.isOn();
  find("sound").setAttribute("aria-pressed", on);
  find("sound").classList.toggle("first", !on);
  drawSound();
  tell(on ? say(`phone.${bellName()}.keep`) : wanted ? say(`phone.${bellName()}.none`) : "");
});

/** Who can't hear is offered a phone that vibrates. */
function bellName() {
  return ticket.needs.includes("deaf") ? "buzz" : "sound";
}

function drawSound() {
  setText(find("sound"), say(`phone.${bellName()}.${bell.isOn() ? "off" : "on"}`));
}

// --- what the holder asks

for (const button of document.querySelectorAll("[data-ask]")) {
  button.addEventListener("click", () => {
    closeQuestion();
    ask(button.dataset.ask, {});
  });
}
find("cancel").addEventListener("click", () => {
  show(find("acts"), false);
  show(find("sure"), true);
  find("keep").focus();
});
find("keep").addEventListener("click", closeQuestion);

function closeQuestion() {
  show(find("sure"), false);
  show(find("acts"), true);
}

async function ask(name, body) {
  tell(say("phone.sending"));
  isBusy = true;
  drawBusy();
  const left = ticket.late.left;
  const ack = await line.ask(name, body);
  isBusy = false;
  drawBusy();
  // Whoever has nobody behind keeps the place, and the chance to be late.
  const isAlone = ack.ok && name === "late" && ack.ticket.late.left === left;
  const done = isAlone ? say("phone.late.alone") : page.texts[`phone.${name}.done`] || "";
  tell(ack.ok ? done : ack.problem.detail || say("phone.failed"));
}

/** One question at a time; and nobody is offered to be late once more than may be. */
function drawBusy() {
  for (const button of document.querySelectorAll("[data-ask], form [type=submit]")) {
    button.disabled = isBusy || (button.dataset.ask === "late" && !ticket.late.left);
  }
}

/** Whether somebody comes whom this phone has asked for, and who, where the hall tells it. */
function drawHelp([mine]) {
  show(find("coming"), Boolean(mine));
  setText(find("coming"), mine ? say(`phone.coming.${mine.by ? "named" : mine.state}`, mine.by || {}) : "");
}

function tell(words) {
  setText(find("told"), words);
}

connectLook();
show(find("plain"), false);
show(find("acts"), true);
