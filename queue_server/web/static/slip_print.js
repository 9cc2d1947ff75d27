/* A slip printed at a kiosk by hand of staff: which kiosk, and what became of it. */

import { callApi, find, inLanguage, make, newKey, say, setText, show } from "./page.js";

const SILENT_MS = 20000; // a kiosk that says nothing for so long must be looked at
const ENDS = ["printed", "failed", "doubtful"];

/** Bind the part `print`. Gives `{offer, hear}`: offer it for a ticket; hear what the hall tells of slips. */
export function slipPrinting() {
  let ticket = null;
  let order = null;
  let silence = 0;
  let ended = []; // since the button was pressed: a kiosk may be faster than the answer to the press

  find("print-do").addEventListener("click", print);

  async function offer(one) {
    ticket = one;
    order = null;
    tell("");
    show(find("print"), false);
    const { status, body } = await callApi("GET", "/kiosks");
    const kiosks = status === 200 ? body.kiosks : [];
    const before = find("print-kiosk").value;
    find("print-kiosk").replaceChildren(...kiosks.map(choice));
    if (kiosks.some(({ id }) => id === before)) find("print-kiosk").value = before;
    show(find("print"), kiosks.length > 0);
  }

  function choice({ id, place, printer }) {
    const name = inLanguage(place);
    return make("option", { value: id }, printer === "fault" ? say("find.print.fault", { place: name }) : name);
  }

  async function print() {
    const button = find("print-do");
    button.disabled = true;
    ended = [];
    const wanted = { kiosk: find("print-kiosk").value, large: find("print-large").checked };
    const { status, body } = await callApi("POST", `/tickets/${ticket.id}/slip`, wanted, newKey());
    button.disabled = false;
    if (status !== 200) return tell(body.detail || body.title, true);
    order = body;
    tell(say("find.print.ordered", { kiosk: order.kiosk }));
    clearTimeout(silence);
    silence = setTimeout(() => tell(say("find.print.silent", { kiosk: order.kiosk }), true), SILENT_MS);
    return drawEnd();
  }

  function hear(slip) {
    if (ENDS.includes(slip.state)) ended.push(slip);
    drawEnd();
  }

  function drawEnd() {
    const slip = order && ended.find(({ id }) => id === order.id);
    if (!slip) return;
    clearTimeout(silence);
    tell(say(`find.print.${slip.state}`, { kiosk: slip.kiosk }), slip.state !== "printed");
  }

  function tell(words, isProblem = false) {
    if (words === "") clearTimeout(silence);
    setText(find("print-told"), words);
    find("print-told").className = isProblem ? "problem" : "";
  }

  return { offer, hear };
}
