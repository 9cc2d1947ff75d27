/* The clerk's console: what is known of the window, what can be done with it, and the keys. */

import { drawConsole } from "./counter_view.js";
import { connectForms } from "./counter_forms.js";
import { chooseWindow } from "./counter_choice.js";
import { closeIfOvertaken, dialogIsOpen, hearSlip, openDialog } from "./counter_dialogs.js";
import { connectPapers } from "./counter_papers.js";
import { beginPractice, drawPractice, practised } from "./counter_practice.js";
import { isResting, mainPlan, whyNot } from "./counter_plan.js";
import { openLine } from "./line.js";
import { nameBook } from "./names.js";
import { callApi, find, goToLogin, inLanguage, page, say, setText, show, whoIsHere } from "./page.js";

const REST_MS = 700; // the large button rests this long when somebody was called: by a bouncing key, or another tab
const ASKED_FIRST = new Set(["finish", "park", "transfer", "call", "parked", "correct", "refuse", "pause", "hand_over", "why", "help", "find", "keys"]);

/**
 * All that the screen shows. `busy` names the button that was pressed and not answered, the
 * large one rests until `restsUntil`, `message` is what is to be said.
 */
const state = {
  me: null,
  number: Number(new URLSearchParams(location.search).get("window")),
  hall: null,
  window: null,
  queue: null,
  queueAt: 0,
  parked: 0,
  isUp: false,
  busy: null,
  restsUntil: 0,
  message: null,
  names: nameBook(draw),
  now: Date.now,
};
const forms = connectForms();
const papers = connectPapers((name, body) => line.ask(name, body), (words) => tell(words, true));
let line = null;

async function begin() {
  find("logout").addEventListener("click", logOut);
  find("other-language").href = otherLanguage();
  state.me = await whoIsHere();
  if (!state.number) {
    if (state.me) chooseWindow(state.me);
    return;
  }
  line = openLine("/counter", { auth: { window: state.number }, onMessage: hear, onLine: lineChanged, onRefused: refused });
  state.now = line.now;
  show(find("console"), true);
  show(find("switch"), true);
  show(find("do-find"), true);
  show(find("do-help"), true);
  addEventListener("keydown", keyPressed);
  document.addEventListener("click", clicked);
  setInterval(draw, 1000);
  beginPractice(draw);
}

/** The server doesn't let this page in: the log-in has ended, or there is no such window. */
async function refused(error) {
  if (!(await whoIsHere()) || !["not-found", "forbidden", "invalid"].includes(error.data?.code)) return;
  state.window = null;
  show(find("console"), false);
  chooseWindow(state.me, error.data.detail);
}

function otherLanguage() {
  const asked = new URLSearchParams(location.search);
  asked.set("lang", page.language === "zh" ? "en" : "zh");
  return `?${asked}`;
}

async function logOut() {
  await callApi("DELETE", "/sessions");
  goToLogin();
}

// --- what the server says ---

function hear(name, body) {
  if (name === "snapshot") {
    if (!body.window) {
      location.assign("/counter"); // the window is no longer in the hall's plan
      return;
    }
    takeHall(body.hall);
    takeHelp(body.help);
    takeQueue(body.line);
    takeWindow(body.window);
    takeAlerts(body.alerts);
  } else if (name === "hall") takeHall(body.hall);
  else if (name === "help") takeHelp(body.help);
  else if (name === "window" && body.window.number === state.number) takeWindow(body.window);
  else if (name === "line") takeQueue(body.line);
  else if (name === "slip") hearSlip(body.slip);
  else if (name === "alert") takeAlert(body.alert);
  forgetAnswered();
  draw();
}

/** All alerts that stand; one that this page still shows may be over. */
function takeAlerts(alerts) {
  if (state.message?.alert) state.message = null;
  for (const alert of alerts) takeAlert(alert);
}

/** A call from here that no board announced, or the counter's evaluator or key pad: others are the manager's. */
function takeAlert({ id, text, cleared_at: cleared }) {
  if (!cleared) state.message = { text: inLanguage(text), isProblem: true, alert: id };
  else if (state.message?.alert === id) state.message = null;
}

/** Whether somebody comes who was called from here. */
function takeHelp(help) {
  show(find("coming"), help.length > 0);
  setText(find("coming"), help.length ? say(`counter.coming.${help[0].state}`) : "");
}

/** Why a button couldn't be pressed is left standing only while it is so. */
function forgetAnswered() {
  const name = state.message?.why;
  if (name && !whyNot(name, state)) state.message = null;
}

function takeHall(hall) {
  state.hall = hall;
  state.names.hear(hall);
}

function takeQueue(queue) {
  state.queue = queue;
  state.queueAt = state.now();
}

function takeWindow(window) {
  const before = state.window?.ticket?.id;
  const isFirst = state.window === null;
  state.window = window;
  if (closeIfOvertaken(window.ticket?.id)) tell(say("counter.done.overtaken"));
  if (isFirst || before !== window.ticket?.id) countParked();
  if (!isFirst && window.ticket && before !== window.ticket.id) rest();
}

function rest() {
  state.restsUntil = performance.now() + REST_MS;
  setTimeout(draw, REST_MS + 20);
}

async function countParked() {
  const { status, body } = await callApi("GET", "/tickets?state=parked");
  if (status !== 200) return;
  state.parked = body.tickets.filter((ticket) => ticket.window === state.number).length;
  draw();
}

async function lineChanged(isUp) {
  state.isUp = isUp;
  draw();
  if (isUp && !state.me) state.me = await whoIsHere();
}

// --- what the clerk does ---

/** Ask the server for something; one thing at a time. Gives the ack, or null where it wasn't asked. */
async function act(name, body = {}, { key, stands, button = name } = {}) {
  if (state.busy) return null;
  state.busy = button;
  state.message = null;
  draw();
  const ack = await line.ask(name, body, { key, stands });
  state.busy = null;
  if (!ack.ok) tell(ack.problem.detail ?? ack.problem.title, true);
  else if (ack.overtaken) tell(say("counter.done.overtaken"));
  else practised(name);
  draw();
  return ack;
}

function tell(text, isProblem = false) {
  state.message = { text, isProblem };
  draw();
}

/**
 * Call the next citizen. The key is made of the moment that the screen shows, so that pressing in
 * two tabs, or again after a break in the line, is the same press and calls one person.
 */
async function callNext() {
  const { press, ticket } = state.window;
  rest();
  const ack = await act("next", ticket ? { current: "finish" } : {}, {
    key: `next/${state.number}/${press}`,
    stands: () => state.window.press === press,
    button: "main",
  });
  if (ack?.ok && ack.ticket === null && ticket) tell(say("counter.done.finished", { number: ticket.number }));
}

/** The clerk has seen what the citizen goes first for. */
async function confirmPriority() {
  const { id, number } = state.window.ticket;
  const ack = await act("priority", { id, confirmed: true }, { button: "confirm", stands: () => state.window.ticket?.id === id });
  if (ack?.ok && !ack.overtaken) tell(say("counter.done.confirmed", { number }));
}

/** Do what a button or key names, or say why not. */
function doIt(name, given) {
  if (!state.window || state.busy || dialogIsOpen()) return;
  if (name === "main" && isResting(state)) return;
  const plan = name === "main" ? mainPlan(state) : null;
  const why = whyNot(name, state);
  if (why) {
    state.message = { text: why, why: name };
    draw();
  } else if (plan?.name === "next") callNext();
  else if (plan) act(plan.name, {}, { button: "main" });
  else if (name === "confirm") confirmPriority();
  else if (ASKED_FIRST.has(name)) {
    if (name === "keys") practised(name);
    openDialog(name, state, { act, given, tell, leave: logOut });
  } else act(name);
}

// --- keys and clicks ---

function keyPressed(event) {
  if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (dialogIsOpen()) return;
  // A dialog that has just closed may hold the focus until the next frame.
  const target = event.target.closest("dialog") ? document.body : event.target;
  if (target.matches("input, textarea, select")) return;
  if (event.code === "Space") {
    if (target.matches("button, a")) return; // a focused button does what it says
    event.preventDefault();
    doIt("main");
  } else {
    const key = event.code === "Slash" ? "?" : event.code.replace(/^Key/, "");
    const button = document.querySelector(`[data-do][aria-keyshortcuts="${key}"]`);
    if (!button) return;
    event.preventDefault();
    doIt(button.dataset.do);
  }
}

function clicked(event) {
  const button = event.target.closest("[data-do], #main");
  if (!button || event.detail > 1) return;
  if (event.detail) button.blur(); // after a click the space bar calls the next again
  doIt(button.dataset.do ?? "main", button.dataset.number);
}

function draw() {
  if (!state.window) return;
  drawConsole(state);
  forms.follow(state.window.ticket);
  papers.follow(state.window.ticket, state.names);
  drawPractice(state);
}

begin();
