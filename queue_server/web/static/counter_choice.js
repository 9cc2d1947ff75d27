/* Which window is yours: those that are free, and the one that you hold. */

import { callApi, find, inLanguage, make, say, setText, show } from "./page.js";

/** Show the windows; `trouble` says why the one that was asked for can't be had. */
export async function chooseWindow(me, trouble = "") {
  show(find("choose"), true);
  find("choose-again").onclick = () => chooseWindow(me);
  const [windows, hall] = await Promise.all([callApi("GET", "/windows"), callApi("GET", "/hall")]);
  const failed = [windows, hall].find((answer) => answer.status !== 200);
  complain(failed ? `${say("counter.choose.failed")} ${failed.body?.detail ?? ""}` : trouble);
  show(find("choose-again"), Boolean(failed));
  if (failed) return;
  const names = new Map(hall.body.groups.map((group) => [group.id, inLanguage(group.name)]));
  const all = [...windows.body.windows].sort((one, other) => isMine(other, me) - isMine(one, me));
  find("windows").replaceChildren(...all.map((window) => make("li", {}, choice(window, names, me))));
  if (!all.length) complain(say("counter.choose.none"));
}

function complain(text) {
  show(find("choose-problem"), Boolean(text));
  setText(find("choose-problem"), text);
}

function isMine(window, me) {
  return window.clerk?.username === me.username;
}

function choice(window, names, me) {
  const mine = isMine(window, me);
  const taken = window.clerk && !mine;
  const about = mine
    ? say("counter.choose.mine")
    : taken
      ? say("counter.choose.taken", { name: window.clerk.name || window.clerk.username })
      : say("counter.choose.free");
  return make(
    "button",
    {
      class: mine ? "button mine" : "button",
      type: "button",
      "data-window": window.number,
      disabled: taken && me.role === "clerk",
      onclick: () => location.assign(`/counter?window=${window.number}`),
    },
    make("b", { class: "num" }, say("counter.window", { number: window.number })),
    make("span", {}, `${window.groups.map((id) => names.get(id) ?? id).join("、")} · ${about}`),
  );
}
