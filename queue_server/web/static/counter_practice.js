/* Practice, in a hall that is there for it: a new clerk presses everything once, led from step to step. */

import { mainPlan, whyNot } from "./counter_plan.js";
import { find, say, setText, show } from "./page.js";

/** What is learnt, in order: the question that the press asks, and the button that asks it. */
const STEPS = [
  ["open", "main"],
  ["next", "main"],
  ["recall", "do-recall"],
  ["start", "do-start"],
  ["park", "do-park"],
  ["unpark", "do-parked"],
  ["finish", "do-finish"],
  ["undo", "do-undo"],
  ["next", "main", "finish-next"],
  ["no_show", "do-no_show"],
  ["call", "do-call"],
  ["transfer", "do-transfer"],
  ["pause", "do-pause"],
  ["open", "main", "resume"],
  ["keys", "do-keys"],
  ["close", "do-close"],
];
const KEPT = "practice"; // where this page keeps its step, so that another language goes on with it

let at = Number(sessionStorage.getItem(KEPT)) || 0;

/** Bind the panel's buttons; does nothing in a hall where real people wait. */
export function beginPractice(redraw) {
  if (!find("practice")) return;
  const goTo = (step) => {
    at = step;
    sessionStorage.setItem(KEPT, String(at));
    redraw();
  };
  find("practice-skip").onclick = () => goTo(at + 1);
  find("practice-again").onclick = () => goTo(0);
}

/** The hall has done what was asked for (`name`): where the step asked for it, the next one comes. */
export function practised(name) {
  if (find("practice") && STEPS[at]?.[0] === name) sessionStorage.setItem(KEPT, String(++at));
}

export function drawPractice(state) {
  if (!find("practice")) return;
  if (at === 0 && state.window.state === "open") practised("open"); // somebody who comes back to an open window
  const [name, button, text = name] = STEPS[at] ?? ["done", ""];
  setText(find("practice-at"), at < STEPS.length ? say("counter.practice.at", { step: at + 1, count: STEPS.length }) : say("counter.practice.end"));
  setText(find("practice-step"), say(`counter.practice.${text}`));
  setText(find("practice-bar"), barred(button, name, state));
  show(find("practice-skip"), at < STEPS.length);
  for (const old of document.querySelectorAll(".wanted")) if (old.id !== button) old.classList.remove("wanted");
  find(button)?.classList.add("wanted");
}

/** What must be pressed before this step's button can be. */
function barred(button, name, state) {
  if (!button) return "";
  const plan = mainPlan(state);
  if (button === "main") return plan.name === name ? (plan.why ?? "") : say("counter.practice.first", { label: plan.label });
  return whyNot(name, state) ?? "";
}
