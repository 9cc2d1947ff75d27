/* What to bring, ticked off while one waits: the ticks stay on this phone, for this number alone. */

import { find, say, setText } from "./page.js";

const NAME = "papers";

/** Bind the checklist of a number; a page without papers has none. Gives `{draw}`. */
export function connectPapers() {
  const list = find("papers");
  const boxes = list ? Array.from(list.querySelectorAll("[data-paper]")) : [];
  let mark = "";

  function keep() {
    const ticked = boxes.filter((box) => box.checked).map((box) => box.dataset.paper);
    try {
      localStorage.setItem(NAME, JSON.stringify({ mark, ticked }));
    } catch (refusal) {
      // A private window keeps nothing; the page works without.
    }
    count();
  }

  function recall() {
    let kept = null;
    try {
      kept = JSON.parse(localStorage.getItem(NAME));
    } catch (refusal) {
      return;
    }
    if (!kept || kept.mark !== mark) return;
    for (const box of boxes) box.checked = kept.ticked.includes(box.dataset.paper);
  }

  function count() {
    const ready = boxes.filter((box) => box.checked).length;
    setText(find("papers-count"), say(ready === boxes.length ? "phone.papers.all" : "phone.papers.count", { ready, of: boxes.length }));
  }

  for (const box of boxes) box.addEventListener("change", keep);
  return {
    /** A number whose items were put right needs other papers: the server knows which. */
    draw(ticket) {
      if (ticket.services.join(",") !== document.body.dataset.services) {
        location.reload();
        return;
      }
      if (!boxes.length || mark) return;
      mark = `${ticket.day} ${ticket.number}`;
      recall();
      count();
    },
  };
}
