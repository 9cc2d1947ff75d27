/* A lost slip: find the ticket by what its citizen knows, show it, and give it a new code. */

import { callApi, find, make, newKey, say, setText, show } from "./page.js";

/**
 * What somebody typed: `{number}`, `{phone}`, `{phone_end}`, `{id_number}` or `{initials}`; null where it
 * is none of these.
 */
export function meant(text) {
  const plain = text.replace(/[\s-]/g, "").toUpperCase();
  if (/^[A-Z]\d{3,5}$/.test(plain)) return { number: plain };
  if (/^(\+?86)?1\d{10}$/.test(plain)) return { phone: plain };
  if (/^\d{15}$|^\d{17}[\dX]$/.test(plain)) return { id_number: plain };
  if (/^\d{4}$/.test(plain)) return { phone_end: plain };
  if (/^[A-Z]{2,8}$/.test(plain)) return { initials: plain };
  return null;
}

/** Gives `{tickets}`, or `{wrong}` in words. What was typed is in no address. */
export async function findTickets(text) {
  const wanted = meant(text);
  if (!wanted) return { wrong: say("find.unclear") };
  const { status, body } = await callApi("POST", "/tickets/find", wanted);
  if (status !== 200) return { wrong: body.detail || body.title };
  return body.tickets.length ? { tickets: body.tickets } : { wrong: say("find.none") };
}

/**
 * One row a ticket, with a button for each of `acts`: `{name, does, fits}`, where `fits(ticket)`
 * tells whether it can be done. `group(id)` gives a group's name.
 */
export function drawFound(list, tickets, group, acts) {
  list.replaceChildren(...tickets.map((ticket) => foundRow(ticket, group, acts)));
}

function foundRow(ticket, group, acts) {
  const buttons = acts.filter(({ fits }) => fits(ticket)).map(({ name, does }) =>
    make(
      "button",
      { class: "button", type: "button", "aria-label": say(`find.${name}.of`, { number: ticket.number }), onclick: () => does(ticket) },
      say(`find.${name}`),
    ),
  );
  return make(
    "li",
    {},
    make("b", { class: "num" }, ticket.number),
    make("p", {}, [say(`find.state.${ticket.state}`), ...whereabouts(ticket)].join(" · ")),
    make("p", { class: "muted" }, `${group(ticket.group)} · ${say("find.issued", { time: ticket.issued_at.slice(11, 16) })}`),
    make("div", { class: "acts-of-one" }, ...buttons),
  );
}

function whereabouts(ticket) {
  if (ticket.ahead !== null) return [say("find.ahead", { count: ticket.ahead })];
  return ticket.window ? [say("find.at", { window: ticket.window })] : [];
}

export const isLive = (ticket) => !["finished", "cancelled", "expired"].includes(ticket.state);

/** A new secret for a ticket; gives the ticket with it, or `{problem}`. */
export async function renewSecret(ticket) {
  const { status, body } = await callApi("POST", `/tickets/${ticket.id}/reprint`, {}, newKey());
  return status === 200 ? body : { problem: body };
}

/** Draw a ticket's code, to be scanned from this screen. */
export async function drawCode(place, ticket) {
  place.replaceChildren();
  const { status, body } = await callApi("POST", "/qr", { text: ticket.follow_url });
  if (status !== 200) return;
  const edge = 4; // modules of white that a code needs around it
  const side = body.size + 2 * edge;
  const svg = shape("svg", { viewBox: `${-edge} ${-edge} ${side} ${side}`, role: "img", "aria-label": say("find.slip.code", { number: ticket.number }) });
  svg.append(shape("path", { d: body.path, fill: "#000000" }));
  place.replaceChildren(svg);
}

function shape(tag, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

/** Let a field search, with what was found below it. `acts` as for `drawFound`. */
export function searchBy(name, group, acts) {
  return async (text) => {
    setText(find(`${name}-none`), "");
    const { tickets = [], wrong = "" } = await findTickets(text);
    setText(find(`${name}-none`), wrong);
    drawFound(find(`${name}-found`), tickets, group, acts);
    show(find(`${name}-found`), tickets.length > 0);
  };
}
