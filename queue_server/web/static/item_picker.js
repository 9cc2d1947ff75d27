/* Choosing items of the catalogue: those chosen, and a search for more. */

import { callApi, find, inLanguage, make, say, setText } from "./page.js";

const MOST = 6;

/**
 * A picker on the parts `NAME-items`, `NAME-search`, `NAME-none` and `NAME-found`; `names` is a
 * name book. Gives `{chosen, choose}`: the ids chosen now, and a way to begin with others.
 */
export function itemPicker(name, names) {
  const field = find(`${name}-search`);
  let ids = [];
  let asked = 0;

  function draw() {
    find(`${name}-items`).replaceChildren(...ids.map(chosenRow));
  }

  function chosenRow(id) {
    const title = names.service(id).name;
    const remove = () => {
      ids = ids.filter((one) => one !== id);
      draw();
    };
    return make("li", {}, make("span", {}, title), make("button", { class: "button", type: "button", "aria-label": say("assistant.items.remove", { name: title }), onclick: remove }, "×"));
  }

  async function search() {
    const words = field.value.trim();
    const mine = ++asked;
    const { status, body } = words ? await callApi("GET", `/services?limit=${MOST}&q=${encodeURIComponent(words)}`) : { status: 0 };
    if (mine !== asked) return; // typed on meanwhile
    const found = status === 200 ? body.services.filter((one) => !ids.includes(one.id)) : [];
    setText(find(`${name}-none`), status === 200 && !found.length ? say("assistant.items.none") : "");
    find(`${name}-found`).replaceChildren(...found.map(foundRow));
  }

  function foundRow(one) {
    const add = () => {
      ids = [...ids, one.id];
      field.value = "";
      draw();
      search();
      field.focus();
    };
    names.service(one.id);
    return make("li", {}, make("button", { class: "button", type: "button", onclick: add }, `＋ ${inLanguage(one.name)}`));
  }

  field.addEventListener("input", search);
  return {
    chosen: () => ids,
    redraw: draw,
    choose(begun) {
      ids = [...begun];
      field.value = "";
      draw();
      search();
    },
  };
}
