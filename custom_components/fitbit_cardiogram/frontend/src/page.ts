/** Home Assistant as the page around the cards knows it, for what is asked before a card has been given it. */

import type { Hass } from "./hass";

export function pageHass(): Hass | undefined {
  return document.querySelector<HTMLElement & { hass?: Hass }>("home-assistant")?.hass;
}

export function pageLanguage(): string {
  return pageHass()?.locale.language ?? navigator.language;
}
