/* The names of items and groups, for pages that get only their ids. */

import { callApi, inLanguage } from "./page.js";

/**
 * Gives `{service, group, hear}`: `service(id)` is `{name, minutes}`, its name an ellipsis until it
 * is known, and then `onKnown()` is called; `hear(hall)` takes the groups' names from a hall's body.
 */
export function nameBook(onKnown) {
  const services = new Map();
  const groups = new Map();

  async function fetchService(id) {
    const { status, body } = await callApi("GET", `/services/${encodeURIComponent(id)}`);
    if (status === 200) services.set(id, { name: inLanguage(body.name), minutes: body.minutes });
    else if (status === 404) services.set(id, { name: id, minutes: null });
    else services.delete(id); // asked again when it is next needed
    if (status) onKnown();
  }

  return {
    service(id) {
      if (!services.has(id)) {
        services.set(id, { name: "…", minutes: null });
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
