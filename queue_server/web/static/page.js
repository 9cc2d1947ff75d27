/* What every page is made of: its texts and data, small makers of HTML, and calls of the HTTP API. */

/** What the server put into the page: `language`, `texts` in that language, and the page's own data. */
export const page = JSON.parse(document.getElementById("page").textContent);

/** The sentence of a key, its `{places}` filled from `values`. A missing key is shown as itself. */
export function say(key, values = {}) {
  const text = page.texts[key] || key;
  return text.replace(/\{(\w+)\}/g, (place, name) => (name in values ? values[name] : place));
}

/** A text that came in both languages (`{"zh", "en"}`), in the page's. */
export function inLanguage(words) {
  return words ? words[page.language] || words.zh : "";
}

/**
 * A wait as it is told: "14", "10–25", or "0" for no wait at all; the same as `minutes_told` and `figure`
 * of the server's hall/ranges.py say.
 */
export function minutesTold(wait, ahead) {
  const ends = wait.p10 === null || wait.p90 === null ? [wait.p50, wait.p50] : [wait.p10, wait.p90];
  if (ahead === 0 && ends[1] < 60) return "0";
  let [first, last] = ends.map((end) => Math.round(end / 60));
  if (last > 15 && first < last) {
    first = Math.floor(first / 5) * 5 || first;
    last = Math.ceil(last / 5) * 5;
  }
  [first, last] = [Math.max(1, first), Math.max(1, last)];
  return first === last ? String(last) : `${first}–${last}`;
}

export function find(id) {
  return document.getElementById(id);
}

/** Make an element: `make("td", {class: "num"}, "A012")`. Attributes that are false or null are left out. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Put a text where it isn't yet: a screen reader is told of changes only. */
export function setText(element, text) {
  if (element.textContent !== String(text)) element.textContent = text;
}

export function show(element, visible) {
  element.hidden = !visible;
}

/** A key that nobody else makes. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Call the HTTP API as whom the cookie names, or a `token`; `path` comes without `/api/v1`.
 * Answers `{status, body}`; no answer at all is status 0 with a problem in plain words.
 */
export async function callApi(method, path, body, key, token) {
  const headers = { "Accept-Language": page.language === "zh" ? "zh-CN" : "en" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (method !== "GET") headers["X-CSRF-Token"] = cookie("hall_csrf");
  if (key) headers["Idempotency-Key"] = key;
  if (token) headers.Authorization = `Bearer ${token}`;
  try {
    const answer = await fetch(`/api/v1${path}`, {
      method,
      headers,
      credentials: "same-origin",
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    return { status: answer.status, body: text ? JSON.parse(text) : null };
  } catch (failure) {
    return { status: 0, body: noConnection() };
  }
}

/** The problem of a server that doesn't answer. */
export function noConnection() {
  return { code: "no-connection", title: say("page.no-connection.title"), detail: say("page.no-connection.detail") };
}

/** The server answers again: what was told because it did not is true no more. */
export function forgetNoConnection() {
  const words = noConnection().detail;
  for (const place of document.querySelectorAll("[role=status], [role=alert]")) {
    if (place.textContent === words) setText(place, "");
  }
}

/** The user of this page, or go and log in first. */
export async function whoIsHere() {
  const { status, body } = await callApi("GET", "/sessions");
  if (status === 401 || (status === 200 && body.must_change)) goToLogin();
  return status === 200 ? body : null;
}

export function goToLogin() {
  location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
}

function cookie(name) {
  const found = document.cookie.split("; ").find((one) => one.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
}
