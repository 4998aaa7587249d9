/** What Home Assistant's pages load: each part registers itself once. */

import { ChartCard } from "./chart-card";

function define(name: string, element: CustomElementConstructor): void {
  if (!customElements.get(name)) customElements.define(name, element);
}

define("fitbit-cardiogram-chart", ChartCard);
