/* The questions of a form: drawn with what a phone has for each kind, read, and told what is wrong with them. */

import { inLanguage, make, page, say } from "./page.js";

const TEXT_KINDS = { digits: ["text", "decimal"], phone: ["tel", "tel"], "id-number": ["text", "text"], text: ["text", "text"], date: ["date", ""] };
const LONG = 60; // who may write more gets more than a line

/** The questions that these values lead to, as `Form.asked` of the server has it. */
export function askedNames(values) {
  const kept = [];
  for (const field of page.form.fields) {
    const when = field.when;
    if (!when || (kept.includes(when.field) && when.is.includes(String(values[when.field])))) kept.push(field.name);
  }
  return kept;
}

/**
 * Draw a question. `changed(value, left)` hears of each change; `left` is true when whoever writes is done with it.
 * Gives its element, with the place of its problem within.
 */
export function drawField(field, value, source, changed) {
  const id = `field-${field.name}`;
  const many = field.keyboard === "choice" || field.keyboard === "agree" || field.keyboard === "region";
  const optional = field.required ? null : make("span", { class: "optional" }, say("form.page.optional"));
  const head = make(many ? "legend" : "label", many ? {} : { for: id }, inLanguage(field.label), optional);
  const said = [field.help ? `${id}-help` : "", `${id}-problem`].filter(Boolean).join(" ");
  const box = make(
    many ? "fieldset" : "div",
    { class: "question", "data-field": field.name },
    field.keyboard === "agree" ? make("legend", { class: "unseen" }, inLanguage(field.label)) : head,
    field.help ? make("p", { class: "help", id: `${id}-help` }, inLanguage(field.help)) : null,
    ...controls(field, id, said, value, changed),
    source ? make("p", { class: "source" }, say(`form.page.from_${source}`)) : null,
    make("p", { class: "problem", id: `${id}-problem`, role: "alert", hidden: true }),
  );
  return box;
}

/** Say what is wrong with a drawn question; nothing where `words` is empty. */
export function tellProblem(box, words) {
  const place = box.querySelector(".problem");
  if (place.textContent !== words) place.textContent = words;
  place.hidden = !words;
  box.classList.toggle("wrong", Boolean(words));
  for (const one of box.querySelectorAll("input, select, textarea")) one.setAttribute("aria-invalid", Boolean(words));
}

function controls(field, id, said, value, changed) {
  if (field.keyboard === "choice") return choices(field, id, value, changed);
  if (field.keyboard === "agree") return [tick(field, id, value, changed)];
  if (field.keyboard === "region") return region(id, value, changed);
  return [line(field, id, said, value, changed)];
}

function line(field, id, said, value, changed) {
  const [type, mode] = TEXT_KINDS[field.keyboard] || ["text", "text"];
  const long = field.keyboard === "hanzi" && field.longest > LONG;
  const input = make(long ? "textarea" : "input", {
    id,
    type: long ? null : type,
    inputmode: mode || null,
    maxlength: Math.min(field.longest * 2, 400),
    autocapitalize: field.keyboard === "id-number" ? "characters" : "off",
    autocomplete: "off",
    spellcheck: "false",
    "aria-describedby": said,
  });
  input.value = value === undefined ? "" : String(value);
  input.addEventListener("input", () => changed(input.value, false));
  input.addEventListener("change", () => changed(input.value, true));
  input.addEventListener("blur", () => changed(input.value, true));
  return input;
}

function choices(field, id, value, changed) {
  return field.choices.map((one) => {
    const button = make("input", { type: "radio", name: id, value: one.value, onchange: () => changed(one.value, true) });
    button.checked = one.value === value;
    return make("label", { class: "choice" }, button, make("span", {}, inLanguage(one.label)));
  });
}

function tick(field, id, value, changed) {
  const box = make("input", { type: "checkbox", id, onchange: () => changed(box.checked ? true : null, true) });
  box.checked = value === true;
  return make("label", { class: "choice tick" }, box, make("span", {}, inLanguage(field.label)));
}

/** Two lists, the second as the first says; both keep what they had until another is chosen. */
function region(id, value, changed) {
  const [city, wantedDistrict, wantedTown] = String(value || "").split("/");
  const district = make("select", { id: `${id}-district`, "aria-label": say("form.page.district") });
  const town = make("select", { id: `${id}-town`, "aria-label": say("form.page.town") });
  fill(district, say("form.page.district"), page.regions.districts.map((one) => [one.name.zh, inLanguage(one.name)]));
  district.value = city ? wantedDistrict : "";
  const towns = () => {
    const found = page.regions.districts.find((one) => one.name.zh === district.value);
    fill(town, say("form.page.town"), (found ? found.towns : []).map((one) => [one, one]));
    town.disabled = !found;
  };
  towns();
  town.value = wantedTown || "";
  district.addEventListener("change", () => {
    towns();
    changed(null, false);
  });
  town.addEventListener("change", () => {
    changed(town.value ? [page.regions.city.zh, district.value, town.value].join("/") : null, true);
  });
  return [district, town];
}

function fill(list, empty, entries) {
  list.textContent = "";
  list.append(make("option", { value: "" }, empty), ...entries.map(([value, text]) => make("option", { value }, text)));
}
