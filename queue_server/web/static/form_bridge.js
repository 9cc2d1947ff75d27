/* What other offices know fills in a form, if its citizen agrees: by an e-licence's or a project's code. */

import { callApi, inLanguage, newKey, page, say, setText } from "./page.js";

/**
 * `id` and `secret` are the draft's, `written` is what stands in the form. `ready()` waits until all of it is
 * saved; `filled(values, kind, body)` hears what was filled in, and how the form stands.
 */
export function connectBridges(id, secret, form) {
  for (const box of document.querySelectorAll("[data-bridge]")) {
    box.querySelector("button").addEventListener("click", () => ask(box, id, secret, form));
  }
}

async function ask(box, id, secret, { written, ready, filled }) {
  const kind = box.dataset.bridge;
  const input = box.querySelector("input");
  const button = box.querySelector("button");
  const subject = input.value.trim();
  const tell = (words) => setText(box.querySelector("[role=status]"), words);
  if (!subject) {
    tell(say("form.bridge.empty"));
    input.focus();
    return;
  }
  button.disabled = true;
  tell(say("form.bridge.waiting"));
  const before = Object.assign({}, written);
  const wish = { subject, purpose: page.form.id, consent: true };
  const { status, body } = await callApi("POST", `/bridges/${kind}/ask`, wish, newKey(), secret);
  const values = status === 200 ? valuesOf(body.facts) : {};
  // What its citizen has written meanwhile is theirs.
  for (const name of Object.keys(values)) if (written[name] !== before[name]) delete values[name];
  const saved = Object.keys(values).length === 0 || ((await ready()) && (await save(id, secret, kind, values, filled)));
  button.disabled = false;
  if (!saved) {
    tell(say("form.bridge.unsaved"));
    return;
  }
  tell(status === 200 ? inLanguage(body.text) : body.detail || say("form.bridge.unavailable"));
}

async function save(id, secret, kind, values, filled) {
  const sources = {};
  for (const name of Object.keys(values)) sources[name] = kind;
  const change = { values, sources, consents: [kind] };
  const { status, body } = await callApi("PATCH", `/drafts/${id}`, change, newKey(), secret);
  if (status !== 200) return false;
  filled(values, kind, body);
  return true;
}

/** The answers that facts like `licence.name` give to this form's questions. */
function valuesOf(facts) {
  const values = {};
  for (const field of page.form.fields) {
    if (field.source && facts[field.source] !== undefined) values[field.name] = facts[field.source];
  }
  return values;
}
