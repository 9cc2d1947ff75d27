/* The map on a citizen's phone: the window that calls is lit and pinned, before that those that may call. */

import { find, setText } from "./page.js";

/** Light what concerns a ticket; a hall without a map has nothing to light. */
export function drawMap(ticket, words) {
  const map = find("map");
  if (!map) return;
  setText(find("map-words"), words);
  let own = null;
  for (const place of map.querySelectorAll("[data-window]")) {
    const isMine = Number(place.dataset.window) === ticket.window;
    const mayCall = !ticket.window && place.dataset.groups.split(" ").includes(ticket.group);
    place.setAttribute("class", isMine ? "mine" : mayCall ? "may-be" : "");
    if (isMine) own = place;
  }
  drawPin(map, own);
}

/** The own window's number, large, over its place; kept inside the picture. */
function drawPin(map, own) {
  const pin = find("pin");
  if (!own) {
    pin.setAttribute("visibility", "hidden");
    return;
  }
  const box = map.viewBox.baseVal;
  const within = (value, start, length) => Math.min(Math.max(value, start + 1), start + length - 1);
  const x = within(Number(own.dataset.x), box.x, box.width);
  const y = within(Number(own.dataset.y), box.y, box.height);
  pin.setAttribute("transform", `translate(${x} ${y})`);
  pin.setAttribute("visibility", "visible");
  setText(pin.querySelector("text"), own.dataset.window);
}
