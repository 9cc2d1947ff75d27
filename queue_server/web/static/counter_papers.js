/* The papers of a visit beside the ticket: which are there, as the citizen ticked them, put right by the clerk. */

import { find, make, say, setText, show } from "./page.js";
import { keepTicks } from "./ticks.js";

/** Bind the list; `ask(name, body)` asks the hall, `tell(words)` says what went wrong. Gives `{follow}`. */
export function connectPapers(ask, tell) {
  const ticks = keepTicks((materials) => ask("materials", { id: ticket.id, materials }), answered);
  let ticket = null;
  let needed = [];
  let drawn = "";

  /** Draw what the ticket at the window wants, or null; `names` knows the papers of its items. */
  function follow(now, names) {
    if (now?.id !== ticket?.id) ticks.forget();
    ticket = now;
    needed = now ? gather(now, names) : [];
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

  function draw() {
    const isAsked = Boolean(ticket?.materials) || ticks.any();
    const rows = needed.map((one) => ({ ...one, stands: standing(one, isAsked) }));
    const print = JSON.stringify([ticket?.id, rows]);
    if (print === drawn) return;
    drawn = print;
    show(find("papers-box"), rows.length > 0);
    setText(find("papers-why"), isAsked ? "" : say("counter.paper.nobody-said"));
    replaceRows(find("papers"), rows.map(row));
  }

  function standing({ kin, places, later }, isAsked) {
    const isSaid = places.every(([item, id]) => ticket.materials?.[item]?.[id]);
    if (ticks.shown(kin, isSaid)) return "ready";
    if (isAsked) return later ? "later" : "missing";
    return later ? "may-follow" : "unknown";
  }

  function row({ kin, name, places, stands }) {
    const box = make("input", { type: "checkbox", "data-paper": kin, checked: stands === "ready" });
    box.addEventListener("change", () => {
      if (!box.matches(":focus-visible")) box.blur(); // after a click the space bar calls the next again
      ticks.put(kin, places, box.checked);
      draw();
    });
    return make("li", { class: `paper-${stands}` }, make("label", {}, box, make("b", {}, name), make("span", {}, say(`counter.paper.${stands}`))));
  }

  function answered(ack) {
    if (!ack.ok) tell(ack.problem.detail ?? ack.problem.title);
    else if (ack.ticket.id === ticket?.id) Object.assign(ticket, { materials: ack.ticket.materials, papers: ack.ticket.papers });
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
