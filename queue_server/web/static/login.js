/* Logging in; the first password is changed before anything else. */

import { callApi, find, page, say, setText, show } from "./page.js";

const SHORTEST = 8;
const PLACES = { clerk: "/counter", assistant: "/assistant", manager: "/manager", admin: "/manager" };
const asked = new URLSearchParams(location.search);
let first = ""; // the password just typed, which the change needs as the old one

async function begin() {
  asked.set("lang", page.language === "zh" ? "en" : "zh");
  find("other-language").href = `?${asked}`;
  find("log-in").addEventListener("submit", (event) => submitted(event, logIn));
  find("change").addEventListener("submit", (event) => submitted(event, change));
  for (const box of document.querySelectorAll(".shows")) box.addEventListener("change", showPasswords);
  const { status, body } = await callApi("GET", "/sessions");
  if (status === 200 && body.must_change) showChange(body.username);
  else if (status === 200) showHere(body);
  else showLogIn();
}

function showLogIn() {
  only("log-in");
  find("username").focus();
}

function showChange(username) {
  only("change");
  find("whose").value = username;
  show(find("old").parentElement, !first);
  find(first ? "new" : "old").focus();
}

function showHere(me) {
  only("here");
  setText(find("here-name"), say("login.here", { name: me.name || me.username }));
  find("go").onclick = () => goOn(me.role);
  find("other").onclick = async () => {
    await callApi("DELETE", "/sessions");
    showLogIn();
  };
}

function only(id) {
  for (const one of ["log-in", "change", "here"]) show(find(one), one === id);
  complain("");
}

async function submitted(event, answer) {
  event.preventDefault();
  const button = event.target.querySelector("[type=submit]");
  if (button.getAttribute("aria-busy") === "true") return;
  const label = button.textContent;
  complain("");
  button.setAttribute("aria-busy", "true");
  setText(button, say("login.busy"));
  await answer();
  button.removeAttribute("aria-busy");
  setText(button, label);
}

async function logIn() {
  const [username, password] = [find("username").value.trim(), find("password").value];
  if (!username || !password) {
    complain(say("login.needed"), username ? "password" : "username");
    return;
  }
  const { status, body } = await callApi("POST", "/sessions", { username, password });
  if (status !== 200 && status !== 201) complain(body.detail, "password");
  else if (body.must_change) {
    first = password;
    showChange(username);
  } else goOn(body.role);
}

async function change() {
  const [old, fresh, again] = [first || find("old").value, find("new").value, find("again").value];
  if (fresh.length < SHORTEST) return complain(say("login.change.short"), "new");
  if (fresh !== again) return complain(say("login.change.differs"), "again");
  if (fresh === old) return complain(say("login.change.same"), "new");
  const { status, body } = await callApi("POST", "/sessions/password", { old, new: fresh });
  if (status === 200) return goOn(body.role);
  if (status === 401) {
    first = "";
    showLogIn();
    return complain(say("login.ended"), "username");
  }
  if (body.field === "old") {
    first = "";
    showChange(find("whose").value);
  }
  return complain(body.detail, body.field === "old" ? "old" : "new");
}

function complain(text, field) {
  show(find("problem"), Boolean(text));
  setText(find("problem"), text);
  for (const input of document.querySelectorAll("input[aria-describedby]")) input.setAttribute("aria-invalid", String(input.id === field));
  if (field) find(field).focus();
}

function showPasswords(event) {
  const type = event.target.checked ? "text" : "password";
  for (const input of event.target.form.querySelectorAll("input[type=password], input[data-secret]")) {
    input.dataset.secret = "";
    input.type = type;
  }
}

/** Go where one was on the way to, in this hall only; else where one's role works. */
function goOn(role) {
  const wanted = asked.get("next") ?? "";
  const isOurs = /^\/(?![/\\])/.test(wanted);
  location.assign(isOurs ? wanted : PLACES[role]);
}

begin();
