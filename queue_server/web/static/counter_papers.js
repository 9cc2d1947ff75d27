/* The papers of a visit beside the ticket: which are there, as the citizen ticked them, put right by the clerk. */

import { callApi, find, make, newKey, say, setText, show } from "./page.js";

/** Bind the list; `tell(words)` says what went wrong. Gives `{follow}`, which draws what a ticket wants. */
export function connectPapers(tell) {
  const wishes = new Map(); // what was clicked and is not yet known to be so, by the paper's kin
  let ticket = null;
  let needed = [];
  let drawn = "";

  /** The ticket that is at the window, or null; `names` knows the papers of its items. */
  function follow(now, names) {
    if (now?.id !== ticket?.id) wishes.clear();
    ticket = now;
    needed = now ? gather(now, names) : [];
    for (const one of needed) if (wishes.get(one.kin)?.isKept && wishes.get(one.kin).isThere === isSaid(one)) wishes.delete(one.kin);
    draw();
  }

  /** Each paper once, with all the places where items want it. */
  function gather({ services, party }, names) {
    const found = new Map();
    for (const item of services) {
      for (const { id, kin, name, later, party: only } of names.service(item).papers) {
        if (only && only !== (party ?? "citizen")) continue; // as the hall counts them
        const one = found.get(kin) ?? { kin, name, later: true, places: [] };
        found.set(kin, { ...one, later: one.later && later, places: [...one.places, [item, id]] });
      }
    }
    return [...found.values()];
  }

  function isSaid({ places }) {
    return places.every(([item, id]) => ticket.materials?.[item]?.[id]);
  }

  function isThere(one) {
    return wishes.get(one.kin)?.isThere ?? isSaid(one);
  }

  function draw() {
    const isAsked = Boolean(ticket?.materials) || wishes.size > 0;
    const rows = needed.map((one) => ({ ...one, stands: standing(one, isAsked) }));
    const print = JSON.stringify([ticket?.id, rows]);
    if (print === drawn) return;
    drawn = print;
    show(find("papers-box"), rows.length > 0);
    setText(find("papers-why"), isAsked ? "" : say("counter.paper.nobody-said"));
    replaceRows(find("papers"), rows.map(row));
  }

  function standing(one, isAsked) {
    if (isThere(one)) return "ready";
    if (isAsked) return one.later ? "later" : "missing";
    return one.later ? "may-follow" : "unknown";
  }

  function row(one) {
    const box = make("input", { type: "checkbox", "data-paper": one.kin, checked: one.stands === "ready" });
    box.addEventListener("change", () => {
      if (!box.matches(":focus-visible")) box.blur(); // after a click the space bar calls the next again
      put(one, box.checked);
    });
    return make("li", { class: `paper-${one.stands}` }, make("label", {}, box, make("b", {}, one.name), make("span", {}, say(`counter.paper.${one.stands}`))));
  }

  /** What the clerk sees in hand counts; shown at once, taken back where the hall refuses it. */
  async function put({ kin, places }, there) {
    const wish = { isThere: there, isKept: false };
    const about = ticket.id;
    wishes.set(kin, wish);
    draw();
    const materials = {};
    for (const [item, id] of places) materials[item] = { ...materials[item], [id]: there };
    const { status, body } = await callApi("POST", `/tickets/${about}/materials`, { materials }, newKey());
    if (wishes.get(kin) !== wish) return; // clicked again, or another citizen
    wish.isKept = status === 200;
    if (status !== 200) {
      wishes.delete(kin);
      tell(body.detail);
    } else if (needed.some((one) => one.kin === kin && isSaid(one) === there)) wishes.delete(kin);
    draw();
  }

  return { follow };
}

/** Replace the rows, leaving the focus on the same paper. */
function replaceRows(list, rows) {
  const focused = list.contains(document.activeElement) ? document.activeElement.dataset.paper : null;
  list.replaceChildren(...rows);
  if (focused) [...list.querySelectorAll("[data-paper]")].find((box) => box.dataset.paper === focused)?.focus();
}
