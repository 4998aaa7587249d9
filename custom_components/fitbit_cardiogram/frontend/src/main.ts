/** What Home Assistant's pages load: each part registers itself once. */

import { isHeartRate } from "./account";
import { ChartCard } from "./chart-card";
import { CHART_TYPE } from "./chart-config";
import type { Hass } from "./hass";
import { pageLanguage } from "./page";
import { ELEMENTS, OFFER } from "./strategy-elements";
import { text } from "./texts";

const DOCUMENTATION = "https://github.com/fitbit-cardiogram/home-assistant-fitbit-cardiogram";

/** An entry of the card picker, in the language that the page has by then. */
const CHART = {
  type: CHART_TYPE,
  preview: true,
  documentationURL: DOCUMENTATION,
  get name() {
    return text(pageLanguage(), "card_name");
  },
  get description() {
    return text(pageLanguage(), "card_description");
  },
  getEntitySuggestion: (hass: Hass, entityId: string) =>
    isHeartRate(hass, entityId) ? { config: { type: `custom:${CHART_TYPE}`, entity: entityId } } : null,
};

function define(name: string, element: CustomElementConstructor): void {
  if (!customElements.get(name)) customElements.define(name, element);
}

declare global {
  interface Window {
    customCards?: object[];
    customStrategies?: object[];
  }
}

// The lists themselves are what Home Assistant goes by.
window.customCards ??= [];
window.customStrategies ??= [];
if (!customElements.get(CHART_TYPE)) {
  window.customCards.push(CHART);
  window.customStrategies.push(OFFER);
}
define(CHART_TYPE, ChartCard);
for (const [name, element] of Object.entries(ELEMENTS)) define(name, element);
