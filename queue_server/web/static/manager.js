/* The manager's page: the hall as the server tells it, and what a manager does about it. */

import { connectDialogs, openDialog } from "./manager_dialogs.js";
import { drawAlerts, drawDevices, drawGroups, drawHall, drawHelp, drawNotices, drawTimes, drawWindows } from "./manager_views.js";
import { connectHandovers, showHandovers } from "./manager_handovers.js";
import { connectPermits } from "./manager_permits.js";
import { openLine } from "./line.js";
import { callApi, find, goToLogin, say, setText, show, whoIsHere } from "./page.js";

const MANAGERS = ["manager", "admin"];
const CLEARED_SHOWN = 3;
const TOLD_MS = 6000;

/** The hall as last told; `alerts` by id, those that are over among them for a while. */
const floor = { now: "", hall: null, queues: [], windows: [], notices: [], devices: [], help: [], response: null, kept: null, alerts: new Map() };
let line = null;

const DRAW = {
  hall: () => drawHall(floor),
  queues: () => drawGroups(floor),
  windows: () => drawWindows(floor, (number) => openDialog("window", floor, { number })),
  alerts: () => drawAlerts(floor, (id) => askAndTell("alert_ack", { id })),
  notices: () => drawNotices(floor, (id) => askAndTell("notice_remove", { id })),
  devices: () => drawDevices(floor),
  help: () => drawHelp(floor),
};

function heard(name, body) {
  floor.now = body.now;
  const changed = name === "snapshot" ? takeSnapshot(body) : takeOne(name, body);
  for (const part of changed) DRAW[part]();
  drawTimes(line.now(), floor.hall);
}

function takeSnapshot(body) {
  showHandovers();
  for (const part of ["hall", "queues", "windows", "notices", "devices", "help", "response", "kept"]) floor[part] = body[part];
  floor.alerts = new Map(body.alerts.map((alert) => [alert.id, alert]));
  return Object.keys(DRAW);
}

/** Keep a message's body; gives the parts of the page that it changes. */
function takeOne(name, body) {
  switch (name) {
    case "alert":
      if (body.alert.kind === "handover-failed") showHandovers();
      floor.alerts.set(body.alert.id, body.alert);
      forgetCleared();
      return ["alerts"];
    case "help":
      floor.help = body.help;
      floor.response = body.response;
      return ["help"];
    case "notice":
      floor.notices = body.notice;
      return ["notices"];
    case "windows":
      floor.windows = body.windows;
      return ["windows", "queues"];
    case "queues":
      floor.queues = body.queues;
      floor.kept = body.kept;
      return ["queues"];
    case "hall":
      floor.hall = body.hall;
      return ["hall", "windows", "queues"];
    default:
      if (!(name in DRAW)) return [];
      floor[name] = body[name];
      return [name];
  }
}

function forgetCleared() {
  const over = [...floor.alerts.values()].filter((alert) => alert.cleared_at);
  over.sort((one, other) => Date.parse(other.cleared_at) - Date.parse(one.cleared_at));
  for (const alert of over.slice(CLEARED_SHOWN)) floor.alerts.delete(alert.id);
}

// --- what the manager does

async function ask(name, body) {
  const ack = await line.ask(name, body);
  if (ack.window) noteWindow(ack.window);
  return ack;
}

/** The windows are told once a second; what this page did itself is shown at once. */
function noteWindow(window) {
  floor.windows = floor.windows.map((one) => (one.number === window.number ? window : one));
  DRAW.windows();
  drawTimes(line.now(), floor.hall);
}

async function askAndTell(name, body) {
  const ack = await ask(name, body);
  tell(ack.ok ? say("manager.done") : problemOf(ack), ack.ok);
}

function problemOf(ack) {
  return (ack.problem && ack.problem.detail) || say("manager.failed");
}

let hushing = 0;

function tell(words, good) {
  setText(find("told"), words);
  find("told").classList.toggle("bad", !good);
  clearTimeout(hushing);
  hushing = setTimeout(() => setText(find("told"), ""), TOLD_MS);
}

function changeHall() {
  openDialog(floor.hall.state === "open" ? "closing" : "opening", floor);
}

async function logOut() {
  await callApi("DELETE", "/sessions");
  goToLogin();
}

async function begin() {
  const me = await whoIsHere();
  if (me && !MANAGERS.includes(me.role)) {
    show(find("overview"), false);
    show(find("denied"), true);
    return;
  }
  if (me) setText(find("who"), me.name || me.username);
  connectDialogs(floor, ask, {
    done: () => tell(say("manager.done"), true),
    problemOf,
  });
  connectHandovers({ done: () => tell(say("manager.done"), true), failed: (words) => tell(words, false) });
  connectPermits(() => tell(say("manager.done"), true));
  line = openLine("/manager", { onMessage: heard, onRefused: whoIsHere });
  setInterval(() => drawTimes(line.now(), floor.hall), 1000);
}

find("hall-change").addEventListener("click", changeHall);
find("notice-new").addEventListener("click", () => openDialog("notice", floor));
find("logout").addEventListener("click", logOut);
begin();
