/* "Why am I not called?": who went first since this ticket came, by which rule, at what cost; nobody is named. */

import { callApi, find, make, say, setText, show } from "./page.js";

const MOST = 500;

/** Bind the button and its answer. `ticket()` gives the ticket now, `secret` opens it; `tell` says what failed. */
export function connectWhy(ticket, secret, tell) {
  find("why").addEventListener("click", async () => {
    const { status, body } = await callApi("GET", `/tickets/${ticket().id}/why?limit=${MOST}`, undefined, "", secret);
    if (status !== 200) {
      tell(body.detail || say("phone.failed"));
      return;
    }
    draw(body.why, body.total);
    const isOrdinary = ticket().priority !== "none" && !ticket().priority_counts;
    setText(find("because-self"), isOrdinary ? say("phone.why.ordinary") : "");
    show(find("because"), true);
    find("because").focus();
  });
  find("because-close").addEventListener("click", () => {
    show(find("because"), false);
    find("why").focus();
  });
}

function draw(calls, count) {
  const sum = say("phone.why.sum", { count, minutes: minutesOf(calls) });
  setText(find("because-sum"), count ? sum : say("phone.why.nobody"));
  const list = find("because-list");
  list.textContent = "";
  for (const [rule, some] of byRule(calls)) {
    const who = say(`phone.why.${rule}`, { count: some.length });
    list.append(make("li", {}, say("phone.why.row", { who, minutes: minutesOf(some) })));
  }
}

/** The calls of each rule, the rule with most of them first. */
function byRule(calls) {
  const rules = new Map();
  for (const call of calls) {
    if (!rules.has(call.rule)) rules.set(call.rule, []);
    rules.get(call.rule).push(call);
  }
  return Array.from(rules).sort((one, other) => other[1].length - one[1].length);
}

function minutesOf(calls) {
  return Math.round(calls.reduce((sum, call) => sum + call.seconds, 0) / 60);
}
