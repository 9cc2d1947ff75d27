/* Keeps what is written: sent as soon as it may be, tried again until it arrives, held in this tab meanwhile. */

import { callApi, newKey } from "./page.js";

const RETRY_MS = 2000;
const TYPING_MS = 1200;

/**
 * `id` and `secret` are the draft's; without a secret staff write, and nothing is held in the tab. `heard(draft)` hears how the form stands after each save,
 * `refused(problem)` of what can't be saved at all, `stands(word)` hears `saving`, `saved` or `unsaved`.
 */
export function makeKeeper(id, secret, { heard, refused, stands }) {
  const unsaved = secret ? remembered(id) : {};
  let timer = null;
  let isSending = false;

  function keep(name, value, isLeft) {
    unsaved[name] = value;
    hold();
    wait(isLeft ? 0 : TYPING_MS);
  }

  function hold() {
    if (secret) remember(id, unsaved);
  }

  function wait(milliseconds) {
    clearTimeout(timer);
    timer = setTimeout(send, milliseconds);
  }

  /** Everything is saved, or can't be now. */
  async function send() {
    clearTimeout(timer);
    const names = Object.keys(unsaved);
    if (isSending || names.length === 0) return;
    isSending = true;
    stands("saving");
    const sent = Object.assign({}, unsaved);
    const { status, body } = await callApi("PATCH", `/drafts/${id}`, { values: sent }, newKey(), secret);
    isSending = false;
    if (status === 0 || status >= 500 || status === 429) {
      stands("unsaved");
      wait(RETRY_MS);
      return;
    }
    for (const name of names) if (unsaved[name] === sent[name]) delete unsaved[name];
    hold();
    if (status === 200) {
      stands("saved");
      heard(body);
    } else {
      refused(body);
    }
    if (Object.keys(unsaved).length) wait(0);
  }

  async function settled() {
    await send();
    while (isSending) await new Promise((go) => setTimeout(go, 50));
    return Object.keys(unsaved).length === 0;
  }

  // A page that is left says its last words; the browser sends them on its own.
  window.addEventListener("pagehide", () => {
    if (!secret || Object.keys(unsaved).length === 0) return;
    const headers = { "Content-Type": "application/json", Authorization: `Bearer ${secret}` };
    const body = JSON.stringify({ values: unsaved });
    fetch(`/api/v1/drafts/${id}`, { method: "PATCH", headers, body, keepalive: true }).catch(() => {});
  });
  window.addEventListener("online", () => wait(0));
  if (Object.keys(unsaved).length) wait(0);

  return { keep, settled, unsaved };
}

function remembered(id) {
  try {
    return JSON.parse(sessionStorage.getItem(`form/${id}`)) || {};
  } catch (refusal) {
    return {};
  }
}

function remember(id, unsaved) {
  try {
    if (Object.keys(unsaved).length) sessionStorage.setItem(`form/${id}`, JSON.stringify(unsaved));
    else sessionStorage.removeItem(`form/${id}`);
  } catch (refusal) {
    // A private window keeps nothing; what is written is still sent.
  }
}
