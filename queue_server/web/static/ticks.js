/* Papers that were ticked and have no answer yet: they are shown as ticked, whatever is drawn meanwhile. */

/**
 * Send ticks by `ask(materials)`, a promise of the ack; `told(ack)` hears each answer.
 *
 * A paper is named by its `kin`; `places` are the items that want it, each with the paper's id there.
 */
export function keepTicks(ask, told) {
  const onTheWay = new Map(); // the latest tick of each paper

  return {
    /** Whether a paper is there, of which the hall says `said`. */
    shown: (kin, said) => (onTheWay.has(kin) ? onTheWay.get(kin).isThere : said),
    any: () => onTheWay.size > 0,
    forget: () => onTheWay.clear(),
    async put(kin, places, isThere) {
      const tick = { isThere };
      onTheWay.set(kin, tick);
      const materials = {};
      for (const [item, id] of places) materials[item] = Object.assign(materials[item] || {}, { [id]: isThere });
      const ack = await ask(materials);
      if (onTheWay.get(kin) === tick) onTheWay.delete(kin);
      told(ack);
    },
  };
}
