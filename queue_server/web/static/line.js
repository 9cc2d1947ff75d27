/* A page's line to the hall: connect, take the snapshot, drop what is old, ask until answered. */

import { find, newKey, noConnection, page, say, setText, show } from "./page.js";

const ACK_MS = 4000;
const PATIENCE_MS = 30000;
const RETRY_MS = 500;
const QUIET_MS = 700; // a line that comes up this soon needs no sign

/**
 * Open a line to a namespace (`/counter`, `/manager`, `/ticket`).
 *
 * `auth` goes with every connect. `onMessage(name, body)` hears what is news, snapshots included;
 * `onLine(up)` hears when the line comes (its snapshot was heard) or goes; `onRefused(error)` hears
 * that the server doesn't let this page in (it is tried again).
 *
 * Gives `{ask, now, isUp}`:
 * - `ask(name, body, {key, stands})` → promise of the ack `{ok, …}`. It goes again after a break in
 *   the line, with the same key, but only once the snapshot is there and `stands()` says that the
 *   question still makes sense; if not, the answer is `{ok: true, overtaken: true}`.
 * - `now()`: the server's time in milliseconds.
 * - `isUp()`: whether what is shown is the truth.
 */
export function openLine(namespace, { auth = {}, onMessage, onLine = () => {}, onRefused = () => {} }) {
  const sign = lineSign();
  if (!window.io) {
    sign.missing();
    return { ask: () => Promise.resolve({ ok: false, problem: noConnection() }), now: Date.now, isUp: () => false };
  }
  const isNews = freshness();
  const questions = new Set();
  let up = false;
  let ahead = 0; // of this machine's clock, in milliseconds
  let east = 0; // of UTC is the hall, in milliseconds

  const socket = window.io(namespace, {
    auth: { ...auth, language: page.language },
    transports: ["websocket"],
    withCredentials: true,
    reconnectionDelay: 200,
    reconnectionDelayMax: 1000,
    timeout: 4000,
  });

  function send(question) {
    if (!up || question.underWay) return;
    if (!question.stands()) {
      settle(question, { ok: true, overtaken: true });
      return;
    }
    question.underWay = true;
    socket.timeout(ACK_MS).emit(question.name, question.body, (lost, ack) => {
      question.underWay = false;
      if (!lost) settle(question, ack);
      else if (up && questions.has(question)) socket.io.engine.close(); // a silent line is a dead one: a new one asks again
    });
  }

  function settle(question, ack) {
    if (questions.delete(question)) question.answer(ack);
  }

  function ask(name, body = {}, { key = newKey(), stands = () => true } = {}) {
    return new Promise((answer) => {
      const question = { name, body: { ...body, key }, stands, answer, underWay: false };
      questions.add(question);
      setTimeout(() => settle(question, { ok: false, problem: noConnection() }), PATIENCE_MS);
      send(question);
    });
  }

  function fell() {
    if (!up) return;
    up = false;
    sign.down(new Date(Date.now() + ahead + east).toISOString().slice(11, 19));
    onLine(false);
  }

  function rose() {
    if (up) return;
    up = true;
    sign.up();
    onLine(true);
    for (const question of [...questions]) send(question);
  }

  socket.onAny((name, body) => {
    if (body.now) {
      ahead = Date.parse(body.now) - Date.now();
      east = eastOf(body.now);
    }
    if (isNews(name, body)) onMessage(name, body);
    if (name === "snapshot") rose();
  });
  socket.on("disconnect", (reason) => {
    fell();
    if (reason === "io server disconnect") setTimeout(() => socket.connect(), RETRY_MS);
  });
  socket.on("connect_error", (error) => {
    if (socket.active) return;
    onRefused(error);
    setTimeout(() => socket.connect(), RETRY_MS * 4);
  });
  addEventListener("online", () => socket.connect());

  return { ask, now: () => Date.now() + ahead, isUp: () => up };
}

/** Tells what is older than what is known of the same kind, window or ticket; a call is news once. */
function freshness() {
  let epoch = null;
  let seqs = new Map();
  let calls = new Set();
  return function isNews(name, body) {
    if (body.epoch !== epoch) {
      epoch = body.epoch;
      seqs = new Map();
      calls = new Set();
    }
    if (name === "call") {
      const known = calls.has(body.call);
      calls.add(body.call);
      return !known;
    }
    const kind = kindOf(name, body[name]);
    if (body.seq < (seqs.has(kind) ? seqs.get(kind) : -1)) return false;
    seqs.set(kind, body.seq);
    if (name === "snapshot") heardWhole(body, seqs);
    return true;
  };
}

/** A snapshot is news of all that is in it. */
function heardWhole(snapshot, seqs) {
  for (const [name, body] of Object.entries(snapshot)) {
    if (name === "windows") for (const one of body) seqs.set(kindOf("window", one), snapshot.seq);
    else if (typeof body === "object") seqs.set(kindOf(name, body), snapshot.seq);
  }
}

function kindOf(name, body) {
  if (name === "window" && body) return `window:${body.number}`;
  if ((name === "ticket" || name === "alert") && body) return `${name}:${body.id}`;
  return name;
}

/** How far east of UTC an ISO time is, in milliseconds. */
function eastOf(time) {
  const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)$/.exec(time) || [null, "+", 0, 0];
  return Number(`${sign}1`) * (Number(hours) * 60 + Number(minutes)) * 60000;
}

/** The sign at the top of the page that says that the line is down, and how old the picture is. */
function lineSign() {
  let since = performance.now();
  let isDown = true;
  let connected = false;
  let stoppedAt = "";

  function draw() {
    const seconds = Math.round((performance.now() - since) / 1000);
    const visible = isDown && performance.now() - since > (connected ? 0 : QUIET_MS);
    show(find("line-sign"), visible);
    if (!visible) return;
    setText(find("line-text"), connected ? say("page.line.down", { time: stoppedAt }) : say("page.line.connecting"));
    setText(find("line-age"), connected ? say("page.line.age", { seconds }) : "");
  }
  const timer = setInterval(draw, 1000);
  setTimeout(draw, QUIET_MS + 50);

  return {
    up() {
      isDown = false;
      connected = true;
      draw();
    },
    down(time) {
      isDown = true;
      since = performance.now();
      stoppedAt = time;
      draw();
    },
    missing() {
      clearInterval(timer);
      show(find("line-sign"), true);
      setText(find("line-text"), say("page.line.missing"));
    },
  };
}
