/* Is it genuine? Asks the hall about the code behind the # of this page's address. */

import { callApi, find, inLanguage, say, setText, show } from "./page.js";

const UNSURE = ["failed"];

async function check() {
  const mark = location.hash.slice(1);
  keepMark();
  if (!mark) {
    draw("no-code", {});
    return;
  }
  setText(find("head"), say("verify.checking"));
  const { status, body } = await callApi("POST", "/verify", { mark });
  // Whatever is no code at all is none of ours either.
  if (status === 400) draw("forged", {});
  else if (status !== 200) draw("failed", {});
  else draw(body.state, body);
}

function draw(state, said) {
  document.body.dataset.state = state;
  const isPaper = said.what === "paper";
  setText(find("head"), say(isPaper ? "verify.paper.head" : `verify.${state}.head`));
  setText(find("text"), say(isPaper ? "verify.paper.text" : `verify.${state}.text`, said));
  show(find("unchecked"), said.revocation === "unchecked");
  show(find("facts"), Boolean(said.number));
  if (said.number) {
    setText(find("name"), inLanguage(said.name));
    setText(find("number"), said.number);
    show(find("holder-row"), !isPaper);
    setText(find("holder-name"), inLanguage(said.holder_name));
    setText(find("holder"), said.holder || "");
    setText(find("days-name"), say(isPaper ? "verify.day" : "verify.days"));
    setText(find("days"), isPaper ? said.day : say("verify.days-from-to", said));
  }
  show(find("as-of"), Boolean(said.as_of));
  if (said.as_of) setText(find("as-of"), say("verify.as-of", { time: `${said.as_of.slice(0, 10)} ${said.as_of.slice(11, 16)}` }));
  show(find("again"), UNSURE.includes(state) || said.revocation === "unchecked");
}

/** The other language is asked about the same code. */
function keepMark() {
  const link = find("language");
  link.href = link.getAttribute("href").replace(/#.*/, "") + location.hash;
}

addEventListener("hashchange", check);
find("again").addEventListener("click", check);
check();
