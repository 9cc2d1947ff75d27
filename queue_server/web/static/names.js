/* The names of items and groups, for pages that get only their ids, and the papers that items want. */

import { callApi, inLanguage } from "./page.js";

const BROUGHT = ["own", "department"]; // papers from elsewhere the hall has itself

/**
 * Gives `{service, group, hear}`: `service(id)` is `{name, minutes, papers}`, its name an ellipsis until it
 * is known, and then `onKnown()` is called; `hear(hall)` takes the groups' names from a hall's body. Of
 * `papers` each is `{id, kin, name, later, party}`: those of one `kin` are one paper, whichever items want it, and
 * `later` says that this item lets it follow, `party` who alone needs it.
 */
export function nameBook(onKnown) {
  const services = new Map();
  const groups = new Map();

  async function fetchService(id) {
    const { status, body } = await callApi("GET", `/services/${encodeURIComponent(id)}`);
    if (status === 200) services.set(id, { name: inLanguage(body.name), minutes: body.minutes, papers: papersOf(body) });
    else if (status === 404) services.set(id, { name: id, minutes: null, papers: [] });
    else services.delete(id); // asked again when it is next needed
    if (status) onKnown();
  }

  return {
    service(id) {
      if (!services.has(id)) {
        services.set(id, { name: "…", minutes: null, papers: [] });
        fetchService(id);
      }
      return services.get(id);
    },
    group(id) {
      return groups.has(id) ? groups.get(id) : id;
    },
    groups() {
      return [...groups.entries()];
    },
    hear(hall) {
      for (const group of hall.groups) groups.set(group.id, inLanguage(group.name));
    },
  };
}

function papersOf({ guide }) {
  const brought = guide.materials.filter((one) => BROUGHT.includes(one.source));
  return brought.map((one) => ({ id: one.id, kin: one.zh, name: inLanguage(one), later: one.later, party: one.party }));
}
