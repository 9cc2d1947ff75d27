/* Why somebody who waits stands where they do, and whom they have had to let go first. */

import { callApi, find, make, noConnection, page, say, setText } from "./page.js";

const MOST = 500;

/** Fill the dialog about the number `given`; `state` is the console's. */
export async function explain({ queue, hall }, given) {
  const one = queue.queue.find(({ number }) => number === given);
  setText(find("why-title"), say("counter.why.title", { number: given }));
  setText(find("why-now"), one ? standing(one, queue.queue) : "");
  setText(find("why-sum"), "");
  find("why-list").replaceChildren();
  const { status, body } = await callApi("GET", `/tickets/${encodeURIComponent(given)}/why?limit=${MOST}`);
  if (status !== 200) return setText(find("why-sum"), body?.detail ?? noConnection().detail);
  const minutes = Math.round(body.why.reduce((sum, call) => sum + call.seconds, 0) / 60);
  setText(find("why-sum"), body.total ? say("counter.why.sum", { count: body.total, minutes }) : say("counter.why.none"));
  return find("why-list").replaceChildren(...[...body.why].reverse().map((call) => row(call, hall.timezone)));
}

/** How many are before it now, and who of them came later. */
function standing(one, queue) {
  const before = say("counter.why.before", { count: queue.indexOf(one) });
  if (!one.after.length) return before;
  const numbers = one.after.join(page.language === "zh" ? "、" : ", ");
  return `${before}${page.language === "zh" ? "" : " "}${say("counter.why.later", { numbers })}`;
}

function row({ rule, at, window, seconds }, timeZone) {
  const time = new Date(at).toLocaleTimeString("zh-CN", { timeZone, hour12: false, hour: "2-digit", minute: "2-digit" });
  const minutes = Math.max(1, Math.round(seconds / 60));
  return make("li", {}, say("counter.why.row", { time, window, rule: say(`counter.why.rule.${rule}`), minutes }));
}
