/* A call on its citizen's phone is seen, wherever on the page they are and whatever they are writing there. */

/**
 * `card` tells of the call; `sign` stands at the top of the screen in few words while the card is out of sight,
 * and leads to it. Gives what brings the card into sight at once.
 */
export function keepInSight(card, sign) {
  function bring() {
    if (document.activeElement) document.activeElement.blur(); // so that no keyboard covers half of the screen
    card.scrollIntoView();
  }

  if (window.IntersectionObserver) {
    const watch = new IntersectionObserver(([seen]) => sign.classList.toggle("needed", !seen.isIntersecting));
    watch.observe(card.querySelector(".window"));
  }
  sign.addEventListener("click", bring);
  return bring;
}
