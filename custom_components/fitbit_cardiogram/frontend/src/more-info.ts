/** Home Assistant's own dialog about an entity, which has its history and its settings. */

import { type TemplateResult, html } from "lit";
import { entitiesOf } from "./account";
import type { Shown } from "./overview-card";

/** Open the dialog about an entity, from an element of the page. */
export function moreInfo(from: EventTarget | null, entityId: string): void {
  from?.dispatchEvent(
    new CustomEvent("hass-more-info", { detail: { entityId }, bubbles: true, composed: true }),
  );
}

/** Render a value as a button that opens the dialog of its entity; without such an entity, only the value. */
export function leading({ hass, account, say }: Shown, key: string, value: TemplateResult): TemplateResult {
  const entityId = entitiesOf(hass, account)[key]?.find((id) => hass.states[id]);
  if (!entityId) return value;
  const open = (event: Event) => moreInfo(event.currentTarget, entityId);
  return html`<button
    class="more"
    title=${say("details")}
    id=${key}
    aria-labelledby="${key}-name ${key}"
    @click=${open}
  >
    ${value}
  </button>`;
}
