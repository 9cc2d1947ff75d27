/* A ticket on its holder's phone: shows it as the hall goes on, rings, and says what the holder wants.
   Written for a WebView of 2018, as are the modules it needs (a test keeps newer syntax out). */

import { makeBell } from "./bell.js";
import { openLine } from "./line.js";
import { find, inLanguage, make, page, say, setText, show } from "./page.js";

const secret = decodeURIComponent(location.pathname.split("/").pop());
const bell = makeBell((ringing) => show(find("hush"), ringing));

let hall = null;
let ticket = null;
let lastCall = null;

const line = openLine("/ticket", { auth: { token: secret }, onMessage: heard, onRefused: refused });

function heard(name, body) {
  if (body.hall) hall = body.hall;
  if (body.ticket) ticket = body.ticket;
  if (!hall || !ticket) return;
  draw();
  ringIfCalled();
  setText(find("fresh"), `${say("phone.fresh", { time: body.now.slice(11, 19) })} ·`);
}

/** The secret stopped working, or the day did: the server has a page that says so. */
function refused() {
  location.reload();
}

// --- what is shown; web/phone.py says the same before this script runs

function stateShown() {
  return ticket.state === "finished" && ticket.rated ? "rated" : ticket.state;
}

function facts(state) {
  return {
    head: say(`phone.${state}.head`),
    number: ticket.number,
    group: named(hall.groups, ticket.group),
    ahead: ticket.ahead === null ? "" : say("phone.ahead_people", { count: ticket.ahead }),
    wait: ticket.wait ? say("phone.wait_minutes", { minutes: waitMinutes() }) : say("phone.wait_unknown"),
    text: text(state),
    window: ticket.window ? say("phone.called.window", { window: ticket.window }) : "",
    zone: windowZone(),
  };
}

function waitMinutes() {
  return Math.max(1, Math.ceil(ticket.wait.p50 / 60));
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
  if (state !== document.body.dataset.state) closeQuestion();
  document.body.dataset.state = state;
  for (const place of document.querySelectorAll("[data-fact]")) setText(place, known[place.dataset.fact]);
  for (const part of document.querySelectorAll("[data-states]")) {
    show(part, part.dataset.states.split(" ").includes(state));
  }
  document.title = state === "called" ? `${known.window} ${known.head}` : `${known.number} ${known.head}`;
  show(find("rating"), state === "finished");
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
  bell.ring();
}

find("hush").addEventListener("click", bell.hush);
find("sound").addEventListener("click", () => {
  const wanted = !bell.isOn();
  if (wanted) bell.turnOn();
  else bell.turnOff();
  const on = bell.isOn();
  find("sound").setAttribute("aria-pressed", on);
  find("sound").classList.toggle("first", !on);
  setText(find("sound"), say(on ? "phone.sound.off" : "phone.sound.on"));
  tell(on ? say("phone.sound.keep") : wanted ? say("phone.sound.none") : "");
});

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
find("rating").addEventListener("change", () => tell(""));
find("rating").addEventListener("submit", (event) => {
  event.preventDefault();
  const chosen = find("rating").querySelector(":checked");
  if (chosen) ask("rate", { score: Number(chosen.value), comment: find("rating").comment.value.trim() });
  else tell(say("phone.rate.choose"));
});

function closeQuestion() {
  show(find("sure"), false);
  show(find("acts"), true);
}

async function ask(name, body) {
  tell(say("phone.sending"));
  setBusy(true);
  const ack = await line.ask(name, body);
  setBusy(false);
  tell(ack.ok ? page.texts[`phone.${name}.done`] || "" : ack.problem.detail || say("phone.failed"));
}

function setBusy(busy) {
  for (const button of document.querySelectorAll("[data-ask], #rating [type=submit]")) button.disabled = busy;
}

function tell(words) {
  setText(find("told"), words);
}

// --- large text, as this phone's owner left it

function setLarge(large) {
  document.documentElement.classList.toggle("large", large);
  find("large").setAttribute("aria-pressed", large);
}

find("large").addEventListener("click", () => {
  const large = find("large").getAttribute("aria-pressed") !== "true";
  setLarge(large);
  remember("large", large ? "yes" : "");
});

function remember(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch (refusal) {
    // A private window keeps nothing; the page works without.
  }
}

function remembered(name) {
  try {
    return localStorage.getItem(name);
  } catch (refusal) {
    return null;
  }
}

setLarge(remembered("large") === "yes");
show(find("plain"), false);
show(find("large"), true);
show(find("acts"), true);
