/* What to bring, ticked off while one waits: the hall keeps the ticks, and the clerk sees them before the call. */

import { find, make, say, setText, show } from "./page.js";
import { keepTicks } from "./ticks.js";

/**
 * Bind the checklist of a number; a page without papers has none. `ask(name, body)` asks the hall, `hear(ticket)`
 * is told what the ticket is then. Gives `{draw}`. web/phone.py says the same before this script runs.
 */
export function connectPapers(ask, hear) {
  const list = find("papers");
  const boxes = list ? Array.from(list.querySelectorAll("[data-paper]")) : [];
  const ticks = keepTicks((materials) => ask("materials", { materials }), answered);
  let ticket = null;

  function answered(ack) {
    setText(find("papers-told"), ack.ok ? "" : ack.problem.detail || say("phone.failed"));
    hear(ack.ok ? ack.ticket : ticket);
  }

  function isSaid(box) {
    const of = ticket.materials && ticket.materials[box.dataset.item];
    return Boolean(of && of[box.dataset.paper]);
  }

  function put({ dataset: { kin }, checked }) {
    const same = boxes.filter((one) => one.dataset.kin === kin);
    ticks.put(kin, same.map((one) => [one.dataset.item, one.dataset.paper]), checked);
    drawList();
  }

  /** Each box as it was ticked last, and what follows. */
  function drawList() {
    for (const box of boxes) {
      box.disabled = false;
      box.checked = ticks.shown(box.dataset.kin, isSaid(box));
    }
    const kins = new Set(boxes.map((box) => box.dataset.kin));
    const open = boxes.filter((box) => !box.checked);
    const lacking = new Map(open.map((box) => [box.dataset.kin, box.parentElement.querySelector("b").textContent]));
    const ready = kins.size - lacking.size;
    setText(find("papers-count"), say(lacking.size ? "phone.papers.count" : "phone.papers.all", { ready, of: kins.size }));
    drawVerdict(Array.from(lacking.values()));
  }

  function drawVerdict(names) {
    const box = find("papers-lack");
    const { verdict } = ticket;
    // Between a tick and its answer the verdict is about other papers: it stands until the hall has said the new one.
    if (ticks.any()) return;
    show(box, Boolean(verdict) && names.length > 0);
    box.className = verdict || "";
    setText(find("papers-verdict"), verdict && names.length ? say(`phone.papers.${verdict}`) : "");
    const lines = find("papers-lacking");
    if (lines.textContent !== names.join("")) {
      lines.textContent = "";
      lines.append(...names.map((name) => make("li", {}, name)));
    }
    show(find("papers-acts"), true);
  }

  for (const box of boxes) box.addEventListener("change", () => put(box));
  return {
    /** A number whose items were put right needs other papers: the server knows which. */
    draw(now) {
      ticket = now;
      const isOther = ticket.services.join(",") !== document.body.dataset.services;
      if (isOther && !ticks.any()) location.reload();
      else if (boxes.length) drawList();
    },
  };
}
