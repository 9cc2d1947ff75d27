/* A form that leads to a permit at once: asked for when it is filled in, then shown with its code. */

import { callApi, find, inLanguage, make, newKey, page, say, setText, show } from "./page.js";

let about = null; // the form's own draft and secret
let of = 0; // the revision that stands, by when it was changed

/** Offer the permit of a finished form; `draft` is null while it is being filled in. */
export function offerPermit(draft, secret) {
  if (!page.form.permit) return;
  show(find("permit"), draft !== null);
  if (draft === null) return;
  if (about && about.id === draft.draft && of === draft.changed_at) return;
  about = { id: draft.draft, secret };
  of = draft.changed_at;
  show(find("permit-ask"), true);
  show(find("permit-card"), false);
  show(find("permit-no"), false);
  setText(find("permit-told"), "");
}

async function ask() {
  find("permit-ask").disabled = true;
  const wish = { kind: page.form.id, draft: about.id };
  const { status, body } = await callApi("POST", "/permits", wish, newKey(), about.secret);
  find("permit-ask").disabled = false;
  if (status === 201) await granted(body);
  else if (status === 200) refused(body);
  else setText(find("permit-told"), body.detail);
}

async function granted(permit) {
  const { status, body } = await callApi("POST", "/qr", { text: permit.verify_url }, undefined, about.secret);
  setText(find("permit-told"), "");
  show(find("permit-ask"), false);
  show(find("permit-card"), true);
  setText(find("permit-name"), inLanguage(permit.name));
  setText(find("permit-holder"), permit.holder);
  setText(find("permit-days"), say("form.permit.days", permit));
  setText(find("permit-number"), permit.number);
  find("permit-link").href = permit.verify_url;
  if (status === 200) {
    find("permit-code").setAttribute("viewBox", `-4 -4 ${body.size + 8} ${body.size + 8}`);
    find("permit-code").firstElementChild.setAttribute("d", body.path);
  }
  find("permit").focus();
}

function refused(said) {
  setText(find("permit-told"), "");
  show(find("permit-ask"), false);
  show(find("permit-no"), true);
  const list = find("permit-reasons");
  list.textContent = "";
  list.append(...said.reasons.map((one) => make("li", {}, inLanguage(one.text))));
  find("permit").focus();
}

if (page.form && page.form.permit) find("permit-ask").addEventListener("click", ask);
