/* What the manager sees: each part of the page from the facts it shows. */

import { find, inLanguage, make, minutesTold, page, say, setText, show } from "./page.js";

/** Whether the hall is open, and the way to change that. */
export function drawHall({ hall }) {
  const sign = find("hall-state");
  const why = hall.state !== "open" && hall.reason ? ` · ${hall.reason}` : "";
  setText(sign, say(`manager.hall.${hall.state}`) + why);
  sign.className = hall.state === "open" ? "pill" : hall.state === "break" ? "pill warn" : "pill off";
  show(sign, true);
  setText(find("hall-change"), say(hall.state === "open" ? "manager.hall.to_close" : "manager.hall.to_open"));
  show(find("hall-change"), true);
}

// --- the queues

/** The groups at the foot, and the totals in the bar. */
export function drawGroups({ hall, queues, windows, kept }) {
  const sum = (name) => queues.reduce((total, queue) => total + queue[name], 0);
  const longest = Math.max(0, ...queues.map((queue) => queue.longest_wait));
  setText(find("total-waiting"), sum("waiting"));
  setText(find("total-serving"), sum("serving"));
  setText(find("total-longest"), minutes(longest));
  setText(find("total-open"), `${windows.filter((one) => one.state === "open").length}/${windows.length}`);
  const tiles = queues.map((queue) => groupTile(queue, hall.groups.find((group) => group.id === queue.group)));
  find("groups").replaceChildren(...tiles);
  show(find("kept"), kept.judged > 0);
  const share = Math.round((100 * kept.within) / Math.max(1, kept.judged));
  setText(find("kept"), say("manager.groups.kept", { share, count: kept.judged }));
}

/** A wait is judged by the end of what a newcomer is told, as the server's alert does. */
function groupTile(queue, group) {
  const wait = queue.wait ? (queue.wait.p90 === null ? queue.wait.p50 : queue.wait.p90) / 60 : null;
  const over = wait !== null && wait > group.target_minutes;
  const target = say(over ? "manager.groups.over" : "manager.groups.target", { minutes: group.target_minutes });
  return make(
    "li",
    { class: `group group-${group.colour}${over ? " over" : ""}`, "data-group": group.id },
    make("h3", {}, `${group.letter} ${inLanguage(group.name)}`),
    make("p", {}, make("b", { class: "num" }, queue.waiting), ` ${say("manager.groups.people")}`),
    meter(wait, group.target_minutes),
    make("p", {}, wait === null ? say("manager.groups.wait_unknown") : say("manager.groups.wait", { minutes: minutesTold(queue.wait, 1) })),
    make("p", { class: "target" }, target),
    make("p", { class: "muted" }, openWords(queue)),
    queue.waiting > 0 &&
      make("p", { class: "muted" }, say("manager.groups.longest", { minutes: Math.floor(queue.longest_wait / 60) })),
  );
}

/** A bar from nothing to one and a half times the target; the words beside it say the same. */
function meter(wait, target) {
  const bar = make("i");
  bar.style.width = `${Math.min(100, ((wait || 0) / target) * 66.6)}%`;
  return make("div", { class: "meter", "aria-hidden": "true" }, bar, make("u"));
}

function openWords(queue) {
  if (queue.open_windows === 0) return say("manager.groups.no_window");
  return say("manager.groups.windows", { count: queue.open_windows });
}

// --- the windows

/** The grid; its buttons stay the same elements, so that the keyboard's place is kept. */
export function drawWindows({ hall, windows }, choose) {
  const grid = find("windows");
  const known = [...grid.children].map((tile) => tile.dataset.window).join();
  if (known !== windows.map((one) => one.number).join()) {
    grid.replaceChildren(...windows.map((one) => emptyTile(one.number, choose)));
  }
  windows.forEach((one, at) => fillTile(grid.children[at].firstChild, one, hall));
}

function emptyTile(number, choose) {
  const button = make("button", { type: "button", onclick: () => choose(number) });
  return make("li", { "data-window": number }, button);
}

function fillTile(button, one, hall) {
  const colour = (hall.groups.find((group) => group.id === one.groups[0]) || {}).colour;
  button.className = `group-${colour} ${doing(one)}`;
  const word = say(`manager.state.${doing(one)}`);
  const top = make("span", { class: "top" }, make("span", { class: "num" }, one.number), " ", make("span", { class: "state" }, word), " ");
  button.replaceChildren(top, ...(one.state === "closed" ? [] : atWork(one)));
}

function atWork(one) {
  const reason = one.state === "paused" && one.pause_reason ? `${one.pause_reason} ` : "";
  return [
    make("b", { class: "num" }, one.ticket ? one.ticket.number : "—"),
    " ",
    make("span", { class: "line" }, one.clerk.name),
    " ",
    make("span", { class: "line" }, reason, make("span", { "data-since": since(one) })),
  ];
}

/** What goes on at a window, in one word. */
export function doing(one) {
  if (one.state !== "open") return one.state;
  return one.ticket ? one.ticket.state : "idle";
}

function since(one) {
  if (one.state !== "open" || !one.ticket) return one.since;
  return one.ticket.started_at || one.ticket.called_at;
}

// --- calls for an assistant

/** How long those who called for help today waited until somebody came, and who still waits. */
export function drawHelp({ help, response }) {
  setText(find("help-waiting"), response.waiting);
  setText(find("help-median"), timeOf(response.median));
  setText(find("help-worst"), timeOf(response.worst));
  const places = help.map((one) => (one.by ? `${inLanguage(one.place)} (${one.by.name})` : inLanguage(one.place)));
  setText(find("help-open"), places.join(page.language === "zh" ? "、" : ", "));
}

function timeOf(seconds) {
  if (seconds === null) return "–";
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

// --- what needs a hand

/** Unseen ones first, the newest on top; then those seen; then those that are over. */
export function drawAlerts({ alerts }, acknowledge) {
  const rank = (alert) => (alert.cleared_at ? 2 : alert.acked_by ? 1 : 0);
  const sorted = [...alerts.values()].sort(
    (one, other) => rank(one) - rank(other) || Date.parse(other.since) - Date.parse(one.since),
  );
  show(find("alerts-none"), !sorted.some((alert) => !alert.cleared_at));
  redraw(find("alerts"), sorted.map((alert) => alertCard(alert, acknowledge)));
}

function alertCard(alert, acknowledge) {
  const text = inLanguage(alert.text);
  const state = alert.cleared_at ? "cleared" : alert.acked_by ? "acked" : "";
  return make(
    "li",
    { class: `alert ${state}`, "data-key": alert.id },
    make("p", { class: "text" }, text),
    alert.cleared_at
      ? make("p", { class: "muted" }, say("manager.alerts.cleared", { time: clock(alert.cleared_at) }))
      : make("p", { class: "muted num", "data-since": alert.since }),
    alert.acked_by && make("p", { class: "muted" }, say("manager.alerts.acked", { who: alert.acked_by })),
    !state && acknowledgeButton(alert, text, acknowledge),
  );
}

function acknowledgeButton(alert, text, acknowledge) {
  const label = say("manager.alerts.ack_label", { text });
  const press = () => acknowledge(alert.id);
  return make("button", { class: "button", type: "button", "aria-label": label, onclick: press }, say("manager.alerts.ack"));
}

/** Put new items into a list; whoever stood on one by the keyboard still does. */
function redraw(list, items) {
  const held = list.contains(document.activeElement) ? document.activeElement.closest("li").dataset.key : "";
  list.replaceChildren(...items);
  const again = items.find((item) => item.dataset.key === held);
  if (again && again.querySelector("button")) again.querySelector("button").focus();
}

// --- notices and devices

export function drawNotices({ hall, notices }, withdraw) {
  show(find("notices-none"), notices.length === 0);
  redraw(find("notices"), notices.map((notice) => noticeCard(notice, hall, withdraw)));
}

function noticeCard(notice, hall, withdraw) {
  const names = notice.zones.map((id) => inLanguage(hall.zones.find((zone) => zone.id === id).name));
  const where = names.length ? names.join(page.language === "zh" ? "、" : ", ") : say("manager.notices.all_zones");
  const until = notice.until ? ` · ${say("manager.notices.until_time", { time: clock(notice.until) })}` : "";
  const text = inLanguage(notice.text);
  const label = say("manager.notices.remove_label", { text });
  const press = () => withdraw(notice.id);
  return make(
    "li",
    { class: "notice", "data-key": notice.id },
    make("p", { class: "text" }, text),
    make("p", { class: "muted" }, where + until),
    make("button", { class: "button", type: "button", "aria-label": label, onclick: press }, say("manager.notices.remove")),
  );
}

/** How many are in order, and by name those that are not. */
export function drawDevices({ devices }) {
  const states = devices.map((terminal) => ({ terminal, state: worst(terminal) }));
  const bad = states.filter(({ state }) => state !== "ok");
  const count = states.length - bad.length;
  setText(find("devices-good"), devices.length ? say("manager.devices.good", { count }) : say("manager.devices.none"));
  find("devices").replaceChildren(
    ...bad.map(({ terminal, state }) =>
      make("li", { class: "device" }, inLanguage(terminal.place), make("b", {}, say(`manager.devices.state.${state}`))),
    ),
  );
}

function worst(terminal) {
  if (!terminal.connected) return "gone";
  return ["fault", "warning", "unknown"].find((state) => terminal.devices.some((one) => one.state === state)) || "ok";
}

// --- times

/** The clock, and every place that says how long something lasts (`data-since`). */
export function drawTimes(now, hall) {
  if (!hall) return;
  const day = inZone(now, hall.timezone, { weekday: "short" });
  const time = inZone(now, hall.timezone, { hour: "2-digit", minute: "2-digit", hour12: false });
  setText(find("clock"), `${day} ${time}`);
  for (const place of document.querySelectorAll("[data-since]")) {
    setText(place, minutes((now - Date.parse(place.dataset.since)) / 1000));
  }
}

function inZone(now, timeZone, options) {
  return new Intl.DateTimeFormat(page.language === "zh" ? "zh-CN" : "en-GB", { timeZone, ...options }).format(now);
}

function minutes(seconds) {
  return say("manager.minutes", { minutes: Math.max(0, Math.floor(seconds / 60)) });
}

/** The hall's own clock time of an ISO time with its offset. */
function clock(iso) {
  return iso.slice(11, 16);
}
