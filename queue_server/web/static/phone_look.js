/* How the page looks, as this phone's owner left it: large text; dark, as the phone is set or against it. */

import { find, show } from "./page.js";

const DARK = "(prefers-color-scheme: dark)";

/** Bind both switches. */
export function connectLook() {
  const phone = window.matchMedia(DARK);
  let chosen = remembered("dark"); // "yes", "no", or nothing: as the phone

  function setLarge(large) {
    document.documentElement.classList.toggle("large", large);
    find("large").setAttribute("aria-pressed", large);
  }

  function isDark() {
    return chosen ? chosen === "yes" : phone.matches;
  }

  function drawDark() {
    const dark = isDark();
    find("dark").setAttribute("aria-pressed", dark);
    find("dark-css").media = dark === phone.matches ? DARK : dark ? "all" : "not all";
    document.querySelector("[name=color-scheme]").content = dark ? "dark" : "light";
  }

  find("large").addEventListener("click", () => {
    const large = find("large").getAttribute("aria-pressed") !== "true";
    setLarge(large);
    remember("large", large ? "yes" : "");
  });
  find("dark").addEventListener("click", () => {
    const dark = !isDark();
    chosen = dark === phone.matches ? "" : dark ? "yes" : "no";
    remember("dark", chosen);
    drawDark();
  });
  phone.addListener(drawDark); // an older phone knows no other way to listen
  setLarge(remembered("large") === "yes");
  drawDark();
  show(find("large"), true);
  show(find("dark"), true);
}

function remember(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch (refusal) {
    // A private window keeps nothing; the page works without.
  }
}

function remembered(name) {
  try {
    return localStorage.getItem(name);
  } catch (refusal) {
    return null;
  }
}
