/* What can be done at the window now, and why something can't: the console's rules, nothing drawn. */

import { say } from "./page.js";

const REASONS = {
  main: whyNoNext,
  call: whyNoCall,
  unpark: whyNoCall,
  pause: whyNoPause,
  close: whyNoClose,
  undo: whyNoUndo,
  confirm: whyNoCheck,
  refuse: whyNoCheck,
  hand_over: whyNoHandOver,
};

/** Whether the large button rests because somebody was just called. */
export function isResting({ restsUntil }) {
  return performance.now() < restsUntil;
}

/** What the large button does now: its name, label and the line beside it; `why` it can't be pressed. */
export function mainPlan(state) {
  const { window, queue } = state;
  const why = whyNot("main", state);
  const plan = (name, label, whom = "") => ({ name, label: say(`counter.main.${label}`), whom, why });
  const waiting = queue.waiting ? say("counter.main.waits", { count: queue.waiting }) : "";
  if (window.state === "closed") return plan("open", "open", waiting);
  if (window.state === "paused") return plan("open", "resume", waiting);
  if (window.state === "closing") return plan("finish", "finish-close");
  const first = queue.queue[0];
  if (first) {
    const whom = say("counter.main.whom", { number: first.number, minutes: minutesWaited(first, state) });
    return plan("next", window.ticket ? "finish-next" : "next", whom);
  }
  if (window.ticket) return plan("next", "finish-only", say("counter.main.nobody"));
  return plan("next", "next");
}

/** How long one of the queue has waited by now: the line was told of a while ago. */
export function minutesWaited(one, { now, queueAt }) {
  return Math.floor((one.waited + (now() - queueAt) / 1000) / 60);
}

/** Why something can't be done now, in a sentence; null where it can. */
export function whyNot(name, state) {
  const { window } = state;
  if (name === "keys") return null;
  if (!state.isUp) return say("counter.why.down");
  if (["help", "find", "parked", "why"].includes(name)) return null;
  if (isOthers(state)) return say("counter.why.taken", { name: window.clerk.name || window.clerk.username });
  return name in REASONS ? REASONS[name](state) : whyNothingWithCitizen(name, state);
}

/** Whether another clerk sits at the window; a manager may act at any. */
export function isOthers({ window, me }) {
  return Boolean(window.clerk && me?.role === "clerk" && window.clerk.username !== me.username);
}

function whyNoNext({ window, queue }) {
  const isIdle = window.state === "open" && !window.ticket && !queue.queue.length;
  return isIdle ? say("counter.why.nobody") : null;
}

function whyNoCall({ window }) {
  if (window.ticket) return say("counter.why.has-ticket");
  return window.state === "open" ? null : say("counter.why.not-open");
}

function whyNoPause({ window }) {
  if (window.state === "paused") return say("counter.why.paused");
  return window.state === "open" ? null : say("counter.why.not-open");
}

function whyNoClose({ window }) {
  return ["closed", "closing"].includes(window.state) ? say("counter.why.closed") : null;
}

/** Whether the citizen goes first by a claim that nobody has checked yet. */
export function isClaimed(ticket) {
  return Boolean(ticket) && ticket.priority !== "none" && !ticket.priority_checked;
}

function whyNoCheck({ window }) {
  return isClaimed(window.ticket) ? null : say("counter.why.no-claim");
}

function whyNoHandOver({ window }) {
  return window.clerk ? null : say("counter.why.not-open");
}

function whyNoUndo({ window, now }) {
  const { undo } = window;
  if (!undo || Date.parse(undo.until) <= now()) return say("counter.why.nothing-to-undo");
  return null;
}

/** How long a called citizen, who walks slowly, can't be missed yet; 0 where they can. */
export function secondsToMissed({ window, now }) {
  const from = window.ticket?.missed_from;
  return from ? Math.max(0, Math.ceil((Date.parse(from) - now()) / 1000)) : 0;
}

function whyNothingWithCitizen(name, state) {
  const { ticket } = state.window;
  if (!ticket) return say("counter.why.no-ticket");
  if (["recall", "start", "no_show"].includes(name) && ticket.state !== "called") return say("counter.why.started");
  const seconds = name === "no_show" ? secondsToMissed(state) : 0;
  if (seconds) return say("counter.why.walking", { seconds });
  if (name === "recall" && ticket.recalls_left <= 0) return say("counter.why.recalled");
  return null;
}
