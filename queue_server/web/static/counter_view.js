/* Draws the console from what is known; it asks nothing. */

import { isClaimed, isOthers, isResting, mainPlan, minutesWaited, secondsToMissed, whyNot } from "./counter_plan.js";
import { find, make, page, say, setText, show } from "./page.js";

const PILLS = { open: "pill", paused: "pill warn", closing: "pill warn", closed: "pill off" };
const drawn = new Map();

export function drawConsole(state) {
  drawBar(state);
  drawCitizen(state);
  drawMessage(state.message);
  drawMain(state);
  drawButtons(state);
  drawQueue(state);
}

/** Redraw a part only when what it shows has changed, so that focus and screen readers are left alone. */
function whenChanged(part, facts, redraw) {
  const print = JSON.stringify(facts);
  if (drawn.get(part) === print) return;
  drawn.set(part, print);
  redraw();
}

// --- the bar ---

function drawBar({ window, queue, hall, names, now }) {
  const title = say("counter.window", { number: window.number });
  setText(find("window-name"), title);
  document.title = window.ticket ? `${window.ticket.number} · ${title}` : title;
  setText(find("groups"), window.groups.map(names.group).join(page.language === "zh" ? "、" : ", "));
  const pill = find("state");
  pill.className = PILLS[window.state];
  show(pill, true);
  const isNamed = window.state === "paused" && window.pause_reason;
  setText(pill, say(isNamed ? "counter.state.paused-for" : `counter.state.${window.state}`, { reason: window.pause_reason }));
  setText(find("clerk"), window.clerk ? `${window.clerk.name || window.clerk.username} ${window.clerk.staff_no}`.trim() : "");
  const { done_today: count, mean_minutes: minutes } = queue;
  setText(find("today"), count ? say("counter.today", { count, minutes }) : say("counter.today.none"));
  setText(find("clock"), clockTime(now(), hall.timezone));
}

function clockTime(time, timeZone) {
  return new Date(time).toLocaleTimeString("zh-CN", { timeZone, hour12: false, hour: "2-digit", minute: "2-digit" });
}

// --- the current citizen ---

function drawCitizen(state) {
  const { ticket } = state.window;
  find("current").classList.toggle("is-empty", !ticket);
  if (!ticket) {
    drawEmpty(state);
    return;
  }
  setText(find("doing"), say(`counter.doing.${ticket.state}`));
  setText(find("number"), ticket.number);
  drawElapsed(ticket, state.now());
  const facts = [ticket, state.hall.timezone, ticket.services.map((id) => state.names.service(id))];
  whenChanged("citizen", facts, () => {
    find("tags").replaceChildren(...tagsOf(ticket).map((text) => make("li", { class: "tag" }, text)));
    show(find("claim"), isClaimed(ticket));
    drawVisit(ticket, state);
  });
}

function drawEmpty(state) {
  const { window, queue } = state;
  let kind = window.state === "open" && !queue.queue.length ? "nobody" : window.state;
  if (isOthers(state)) kind = "taken";
  const name = window.clerk?.name || window.clerk?.username;
  setText(find("empty"), say(`counter.empty.${kind}`, { name }));
  setText(find("empty-more"), say(`counter.empty.${kind}.more`));
}

function drawElapsed(ticket, now) {
  const isServing = ticket.state === "serving";
  const seconds = Math.max(0, Math.floor((now - Date.parse(isServing ? ticket.started_at : ticket.called_at)) / 1000));
  const isOver = isServing && seconds > ticket.minutes * 60;
  setText(find("elapsed"), say(`counter.elapsed.${ticket.state}`, { time: lengthOf(seconds) }));
  show(find("usual"), isServing);
  setText(find("usual"), say(isOver ? "counter.over" : "counter.usual", { minutes: Math.round(ticket.minutes) }));
  find("usual").classList.toggle("over", isOver);
}

function lengthOf(seconds) {
  const parts = [Math.floor(seconds / 60) % 60, seconds % 60];
  if (seconds >= 3600) parts.unshift(Math.floor(seconds / 3600));
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}

/** What a clerk must know of somebody who waits or is here: priority, needs, language. */
function tagsOf({ slot, priority, priority_checked: isChecked, needs, language, party, papers }) {
  return [
    slot && say(`counter.slot.${slot.counts}`, { start: slot.start.slice(11, 16), end: slot.end.slice(11, 16) }),
    priority !== "none" && say(isChecked ? "counter.priority.checked" : "counter.rule.priority-of", { class: say(`counter.priority.${priority}`) }),
    ...needs.map((need) => say(`counter.need.${need}`)),
    papers.needed > 0 && say("counter.papers", papers),
    language === "en" && say("counter.language.en"),
    party === "enterprise" && say("counter.party.enterprise"),
  ].filter(Boolean);
}

/** What the citizen's needs ask of the clerk, in sentences. */
function careFor({ state, priority, needs }) {
  const asked = [...needs, priority === "disabled" && "disabled", state === "called" && needs.includes("deaf") && "deaf.called"];
  return asked.filter(Boolean).map((one) => say(`counter.care.${one}`));
}

function drawVisit(ticket, { names, hall }) {
  const care = careFor(ticket);
  show(find("care"), care.length > 0);
  find("care-list").replaceChildren(...care.map((text) => make("li", {}, text)));
  const { services } = ticket.steps.find((step) => ["called", "serving"].includes(step.state)) ?? ticket;
  setText(find("items-title"), services.length ? say("counter.items", { count: services.length }) : say("counter.items.none"));
  find("items").replaceChildren(...services.map((id) => itemRow(names.service(id))));
  show(find("note"), Boolean(ticket.note));
  setText(find("note-text"), ticket.note);
  show(find("steps-box"), ticket.steps.length > 1);
  find("steps").replaceChildren(...ticket.steps.map((step, at) => stepRow(step, at, ticket.steps, names)));
  const waited = Math.round((Date.parse(ticket.called_at) - Date.parse(ticket.issued_at)) / 60000);
  setText(find("came"), say("counter.came", { time: clockTime(Date.parse(ticket.issued_at), hall.timezone), minutes: waited }));
  show(find("recalls"), ticket.state === "called" && ticket.recalls > 0);
  const further = ticket.reach.map((way) => say(`counter.reach.${way}`)).join(" · ");
  const recalls = say("counter.recalls", { count: ticket.recalls, left: ticket.recalls_left });
  setText(find("recalls"), further ? `${recalls} · ${say("counter.reach", { ways: further })}` : recalls);
}

function itemRow({ name, minutes }) {
  return make("li", {}, name, minutes ? make("span", {}, say("counter.item.minutes", { minutes: Math.round(minutes) })) : "");
}

function stepRow(step, at, steps, names) {
  const isNow = ["called", "serving"].includes(step.state);
  const isNext = step.state === "pending" && ["called", "serving"].includes(steps[at - 1]?.state);
  const word = isNow ? "counter.step.now" : isNext ? "counter.step.next" : step.state === "finished" ? "counter.step.done" : null;
  return make("li", { class: isNow && "now" }, names.group(step.group), word && make("span", {}, say(word)));
}

// --- what was said, and the buttons ---

function drawMessage(message) {
  const box = find("message");
  box.className = message ? `message ${message.isProblem ? "problem" : "told"}` : "message";
  setText(box, message?.text ?? "");
}

function drawMain(state) {
  const button = find("main");
  const plan = mainPlan(state);
  const isBusy = isResting(state) || state.busy === "main";
  button.setAttribute("aria-disabled", String(Boolean(plan.why) && !isBusy));
  button.setAttribute("aria-busy", String(isBusy));
  setText(find("main-label"), isBusy ? say("counter.main.busy") : plan.label);
  setText(find("main-whom"), isBusy ? "" : plan.whom);
}

function drawButtons(state) {
  for (const button of document.querySelectorAll("button[id][data-do]")) {
    const name = button.dataset.do;
    button.setAttribute("aria-disabled", String(Boolean(whyNot(name, state))));
    button.setAttribute("aria-busy", String(state.busy === name));
  }
  setText(find("do-undo").firstElementChild, undoLabel(state));
  const left = secondsToMissed(state);
  setText(find("do-no_show").firstElementChild, left ? say("counter.do.no_show-left", { seconds: left }) : say("counter.do.no_show"));
  setText(find("do-parked").firstElementChild, `${say("counter.do.parked")}${state.parked ? ` ${state.parked}` : ""}`);
}

function undoLabel(state) {
  if (whyNot("undo", state)) return say("counter.do.undo");
  const { number, until } = state.window.undo;
  return say("counter.do.undo-left", { number, seconds: Math.ceil((Date.parse(until) - state.now()) / 1000) });
}

// --- who waits ---

function drawQueue(state) {
  const { queue, queueAt, now } = state;
  const older = (now() - queueAt) / 1000;
  setText(find("waiting"), say("counter.waiting.count", { count: queue.waiting }));
  const longest = queue.waiting ? Math.floor((queue.longest + older) / 60) : 0;
  setText(find("longest"), say("counter.minutes", { minutes: longest }));
  show(find("queue-none"), !queue.queue.length);
  show(find("queue"), Boolean(queue.queue.length));
  const rows = queue.queue.map((one) => [one.id, one.number, whyHere(one), minutesWaited(one, state)]);
  whenChanged("queue", rows, () => replaceRows(find("line"), rows.map(queueRow)));
  show(find("queue-elsewhere"), queue.elsewhere > 0);
  setText(find("queue-elsewhere"), say("counter.queue.elsewhere", { count: queue.elsewhere }));
  const more = queue.waiting - queue.elsewhere - queue.queue.length;
  show(find("queue-more"), more > 0);
  setText(find("queue-more"), say("counter.queue.more", { count: more }));
}

/** Why somebody stands here: the rule where no tag says it and it isn't plainly the longest wait, then needs. */
function whyHere(one) {
  const isTagged = one.rule === "appointment" || (one.rule === "priority" && one.priority !== "none");
  const rule = one.rule === "longest-waiting" || isTagged ? null : say(`counter.rule.${one.rule}`);
  return [rule, ...tagsOf(one), one.after.length > 0 && afterWhom(one.after)].filter(Boolean);
}

/** Who came later and is called before: two by number, more by their count. */
function afterWhom(numbers) {
  if (numbers.length <= 2) return say("counter.queue.after", { numbers: numbers.join(page.language === "zh" ? "、" : ", ") });
  return say("counter.queue.after-many", { count: numbers.length });
}

function queueRow([, number, why, minutes], at) {
  const plain = why.length ? why : [say(at ? "counter.rule.arrival" : "counter.rule.longest-waiting")];
  const words = at === 0 ? [say("counter.rule.next"), ...plain] : plain;
  return make(
    "tr",
    { class: at === 0 && "next" },
    make("td", {}, make("button", { type: "button", "data-do": "call", "data-number": number, title: say("counter.queue.call", { number }) }, number)),
    make("td", {}, make("button", { class: "reason", type: "button", "data-do": "why", "data-number": number, "aria-label": say("counter.queue.why-of", { number, why: words.join(" · ") }) }, words.join(" · "))),
    make("td", { class: "num" }, say("counter.minutes", { minutes })),
  );
}

/** Replace a table's rows, leaving the focus on the same number. */
function replaceRows(body, rows) {
  const focused = body.contains(document.activeElement) ? document.activeElement.dataset.number : null;
  body.replaceChildren(...rows);
  if (focused) body.querySelector(`[data-number="${focused}"]`)?.focus();
}
