/* Texts for whoever goes away from the page: wanted at a number, or no more. */

import { find, say, setText, show } from "./page.js";

const LIVE = ["waiting", "called", "parked", "missed"];

/** Bind the form; `send(body)` asks the hall. Gives `{draw}`, which draws how it stands for a ticket. */
export function connectTexts(send) {
  const form = find("texts");
  let stands = null;

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send({ phone: stands ? "" : form.phone.value.trim() });
  });

  return {
    draw(ticket) {
      show(form, ticket.texts !== null && LIVE.includes(ticket.state));
      if (ticket.texts === stands) return;
      stands = ticket.texts;
      form.reset();
      show(form.phone, !stands);
      show(find("texts-label"), !stands);
      setText(find("texts-about"), say(stands ? "phone.texts.given" : "phone.texts.about"));
      setText(find("texts-do"), say(stands ? "phone.texts.stop" : "phone.texts.do"));
    },
  };
}
