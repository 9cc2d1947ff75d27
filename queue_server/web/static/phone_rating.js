/* The rating of a visit on its citizen's phone: all of it at once, or each service for itself. */

import { find, make, say, show } from "./page.js";

/**
 * Bind the form. `names` is a name book, `send(body)` sends a rating, `tell(words)` says what is missing.
 * Gives `{draw}`, which draws what of a ticket is to be rated, if it may be.
 */
export function connectRating(names, send, tell) {
  const form = find("rating");
  let drawn = "";

  form.addEventListener("change", () => tell(""));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const face = form.querySelector("[name=score]:checked");
    if (!face) {
      tell(say("phone.rate.choose"));
      return;
    }
    const body = { score: Number(face.value), comment: form.comment.value.trim() };
    const which = form.querySelector("[name=service]:checked");
    if (which && which.value) body.service = which.value;
    send(body);
  });

  function draw(ticket, mayRate) {
    show(form, mayRate);
    const choices = ticket.rated ? ticket.to_rate : ticket.to_rate.length > 1 ? ["", ...ticket.to_rate] : [];
    const titles = choices.map((id) => (id ? names.service(id).name : say("phone.rate.whole")));
    const now = choices.concat(titles).join("\n");
    if (now === drawn) return;
    drawn = now;
    form.reset();
    show(find("which"), choices.length > 0);
    const list = find("which-list");
    list.textContent = "";
    choices.forEach((id, at) => list.append(choice(id, titles[at], at === 0)));
  }

  return { draw };
}

function choice(id, title, checked) {
  const button = make("input", { type: "radio", name: "service", value: id });
  button.checked = checked;
  return make("label", { class: "choice" }, button, make("span", {}, title));
}
