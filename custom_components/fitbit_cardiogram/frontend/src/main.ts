/** What Home Assistant's pages load: each part registers itself once. */

import { isHeartRate } from "./account";
import { ALERT_DIALOG, AlertDialog } from "./alert-dialog";
import { ChartCard } from "./chart-card";
import { CHART_TYPE } from "./chart-config";
import { FORWARDING_TYPE, ForwardingCard } from "./forwarding-card";
import type { Hass } from "./hass";
import { HERO_TYPE, HeroCard } from "./hero-card";
import { pageLanguage } from "./page";
import { PAST_DIALOG, PastDialog } from "./past-dialog";
import { ELEMENTS, OFFER } from "./strategy-elements";
import { type TextKey, text } from "./texts";
import { WEEKS_TYPE, WeeksCard } from "./weeks-card";

const DOCUMENTATION = "https://github.com/fitbit-cardiogram/home-assistant-fitbit-cardiogram";

/** The cards with the texts of their entries in the card picker. */
const CARDS: [type: string, card: CustomElementConstructor, name: TextKey, description: TextKey][] = [
  [CHART_TYPE, ChartCard, "card_name", "card_description"],
  [HERO_TYPE, HeroCard, "hero_name", "hero_description"],
  [WEEKS_TYPE, WeeksCard, "weeks_name", "weeks_description"],
  [FORWARDING_TYPE, ForwardingCard, "forwarding_name", "forwarding_description"],
];

/** Return an entry of the card picker, in the language that the page has by then. */
function entryOf(type: string, name: TextKey, description: TextKey) {
  return {
    type,
    preview: true,
    documentationURL: DOCUMENTATION,
    get name() {
      return text(pageLanguage(), name);
    },
    get description() {
      return text(pageLanguage(), description);
    },
    getEntitySuggestion: (hass: Hass, entityId: string) =>
      isHeartRate(hass, entityId) ? { config: { type: `custom:${type}`, entity: entityId } } : null,
  };
}

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
  for (const [type, , name, description] of CARDS) window.customCards.push(entryOf(type, name, description));
  window.customStrategies.push(OFFER);
}
for (const [type, card] of CARDS) define(type, card);
define(ALERT_DIALOG, AlertDialog);
define(PAST_DIALOG, PastDialog);
for (const [name, element] of Object.entries(ELEMENTS)) define(name, element);
