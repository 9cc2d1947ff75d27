/* A form on its citizen's phone: a part at a time, each answer saved as it is left, nothing ever lost.
   Written for a WebView of 2018, as are the modules it needs (a test keeps newer syntax out). */

import { makeBell } from "./bell.js";
import { connectBridges } from "./form_bridge.js";
import { askedNames, drawField, tellProblem } from "./form_fields.js";
import { offerPermit } from "./form_permit.js";
import { makeKeeper } from "./form_keeper.js";
import { callApi, find, forgetNoConnection, inLanguage, newKey, page, say, setText, show } from "./page.js";
import { connectLook } from "./phone_look.js";

const ID_SIGNS = 12;
const LOOK_MS = 10000;

const secret = decodeURIComponent(location.pathname.split("/").pop());
const id = secret.slice(0, ID_SIGNS);
const values = {};
const sources = {};
const visited = new Set();
const bell = makeBell(() => {});

let draft = null;
let at = 0;
let isAway = false; // the hall did not answer the last time
let nextLook = null;

const keeper = makeKeeper(id, secret, {
  heard: stand,
  refused: (problem) => setText(find("told"), problem.detail),
  stands: (word) => {
    if (word !== "saving") lineIs(word === "saved");
    if (word === "saved") setText(find("told"), "");
    setText(find("saved"), word === "unsaved" ? "" : say(`form.page.${word}`));
  },
});

/** Ask for what was written, here or at the kiosk; what is not saved yet stands above it. */
async function open() {
  const { status, body } = await callApi("GET", `/drafts/${id}`, undefined, undefined, secret);
  if (status === 401 || status === 404) {
    location.reload();
    return;
  }
  lineIs(status === 200);
  if (status !== 200) {
    setTimeout(open, LOOK_MS / 5);
    return;
  }
  for (const name of Object.keys(body.values)) take(name, body.values[name].value, body.values[name].source);
  for (const name of Object.keys(keeper.unsaved)) take(name, keeper.unsaved[name], null);
  stand(body);
  draw();
}

/** Say where what was written is while the hall does not answer; once it does, nothing of that is left standing. */
function lineIs(up) {
  show(find("line-sign"), !up);
  if (up) {
    if (isAway) forgetNoConnection();
  } else {
    setText(find("line-sign"), say(Object.keys(keeper.unsaved).length ? "form.page.unsaved" : "form.page.away"));
  }
  isAway = !up;
}

function take(name, value, source) {
  if (value === null) delete values[name];
  else values[name] = value;
  sources[name] = source;
}

/** How the form stands now. */
function stand(body) {
  draft = body;
  const share = draft.of ? draft.filled / draft.of : 1;
  find("way").style.width = `${Math.round(share * 100)}%`;
  setText(find("progress"), say("form.page.progress", draft));
  tellCall();
  tellProblems();
}

/** A call stays at the top of the screen; whoever goes on writing or taps has noticed it. */
function tellCall() {
  const words = draft.window === null ? "" : say("form.page.called", { number: draft.ticket, window: draft.window });
  if (words && find("called").textContent !== words) bell.ring();
  if (!words) bell.hush();
  setText(find("called"), words);
  show(find("called"), words !== "");
}

for (const sign of ["click", "input"]) document.addEventListener(sign, bell.hush);

// --- a part at a time

function pages() {
  const asked = askedNames(values);
  return page.form.pages
    .map((one) => ({ title: one.title, fields: one.fields.filter((name) => asked.includes(name)) }))
    .filter((one) => one.fields.length > 0);
}

function draw() {
  const isDone = draft.state !== "open";
  show(find("done"), isDone);
  show(find("questions"), !isDone);
  show(find("kiosk"), draft.state !== "complete");
  if (find("bridges")) show(find("bridges"), !isDone);
  offerPermit(isDone ? draft : null, secret);
  if (isDone) {
    setText(find("done-head"), say(`form.page.${draft.state}.head`));
    setText(find("done-text"), say(`form.page.${draft.state}.text`));
    setText(find("done-ticket"), draft.ticket ? say("form.page.ticket", { number: draft.ticket }) : "");
    show(find("change"), draft.state === "ready");
  } else {
    drawPage();
  }
}

function drawPage() {
  const all = pages();
  at = Math.min(at, all.length - 1);
  const isLast = at === all.length - 1;
  setText(find("part"), say("form.page.part", { at: at + 1, of: all.length }));
  setText(find("page-title"), inLanguage(all[at].title));
  find("fields").textContent = "";
  find("fields").append(...all[at].fields.map(drawOne));
  show(find("promise"), isLast && page.form.promise.length > 0);
  setText(find("next"), say(isLast ? "form.page.finish" : "form.page.next"));
  show(find("back"), at > 0);
  setText(find("told"), "");
  tellProblems();
}

/** Draw the part anew under whoever is writing in one of its fields. */
function drawAround(field) {
  const isWriting = find("fields").contains(document.activeElement);
  drawPage();
  if (isWriting && find(field)) find(field).focus();
}

function drawOne(name) {
  const field = page.form.fields.find((one) => one.name === name);
  return drawField(field, values[name], sources[name], (value, isLeft) => write(field, value, isLeft));
}

/** An answer that leads to other questions changes the part at once, with the eye where it was. */
function write(field, value, isLeft) {
  const empty = value === null || value === "";
  if ((empty && values[field.name] === undefined) || value === values[field.name]) {
    if (isLeft && keeper.unsaved[field.name] !== undefined) keeper.keep(field.name, empty ? null : value, true);
    return;
  }
  take(field.name, empty ? null : value, null);
  const from = document.querySelector(`[data-field="${field.name}"] .source`);
  if (from) from.remove();
  keeper.keep(field.name, empty ? null : value, isLeft);
  if (isLeft && page.form.fields.some((one) => one.when && one.when.field === field.name)) {
    drawPage();
    const again = document.querySelector(`[data-field="${field.name}"] input:checked`);
    if (again) again.focus();
  }
}

function tellProblems() {
  if (!draft) return;
  for (const box of find("fields").children) {
    const name = box.dataset.field;
    const isLacking = visited.has(name) && values[name] === undefined && draft.missing.includes(name);
    const field = page.form.fields.find((one) => one.name === name);
    const lacking = say(field.keyboard === "agree" ? "form.wrong.agree" : "form.wrong.missing");
    const isUnsaved = keeper.unsaved[name] !== undefined;
    tellProblem(box, isLacking ? lacking : isUnsaved ? "" : inLanguage(draft.problems[name]));
  }
}

find("questions").addEventListener("submit", async (event) => {
  event.preventDefault();
  const all = pages();
  for (const name of all[at].fields) visited.add(name);
  if (!(await keeper.settled())) return;
  tellProblems();
  const first = find("fields").querySelector(".wrong");
  if (first) {
    first.querySelector("input, select, textarea").focus();
    return;
  }
  if (at < pages().length - 1) go(at + 1);
  else finish();
});

find("back").addEventListener("click", () => go(at - 1));
find("change").addEventListener("click", () => {
  draft.state = "open";
  at = 0;
  draw();
});

function go(to) {
  at = to;
  drawPage();
  find("page-title").focus();
  window.scrollTo(0, find("questions").offsetTop);
}

/** Refused while something is missing: then to its part. */
async function finish() {
  const { status, body } = await callApi("POST", `/drafts/${id}/ready`, {}, newKey(), secret);
  if (status === 200) {
    stand(body);
    draw();
    find("done").focus();
    return;
  }
  lineIs(status !== 0);
  const where = pages().findIndex((one) => one.fields.includes(body.field));
  if (where >= 0) {
    for (const name of pages()[where].fields) visited.add(name);
    go(where);
  }
  setText(find("told"), body.detail);
}

/** Whether the citizen is called, and what a clerk or a kiosk wrote meanwhile. */
async function look() {
  clearTimeout(nextLook);
  if (!document.hidden && draft && !Object.keys(keeper.unsaved).length) {
    const { status, body } = await callApi("GET", `/drafts/${id}`, undefined, undefined, secret);
    if (status === 401 || status === 404) location.reload();
    lineIs(status === 200);
    if (status === 200) see(body);
  }
  nextLook = setTimeout(look, isAway ? LOOK_MS / 5 : LOOK_MS);
}

function see(body) {
  if (body.changed_at === draft.changed_at) {
    if (body.window !== draft.window) stand(body);
    return;
  }
  for (const name of Object.keys(body.values)) take(name, body.values[name].value, body.values[name].source);
  stand(body);
  if (!find("questions").contains(document.activeElement)) draw();
}

document.addEventListener("visibilitychange", look);
connectBridges(id, secret, {
  written: values,
  ready: () => keeper.settled(),
  filled: (found, kind, body) => {
    for (const name of Object.keys(found)) take(name, found[name], kind);
    stand(body);
    drawAround(document.activeElement.id);
  },
});
connectLook();
show(find("plain"), false);
open();
look();
