/** The strategies as Home Assistant looks for them: as custom elements, of which it uses the class alone. */

import { LitElement, html, nothing } from "lit";
import { property, state } from "lit/decorators.js";
import { accountBy, accounts } from "./account";
import type { Hass } from "./hass";
import {
  DASHBOARD_ICON,
  type DashboardStrategyConfig,
  STRATEGY_TYPE,
  type ViewStrategyConfig,
  dashboard,
  shownBy,
  viewBy,
} from "./strategy";
import { warm } from "./overview";
import { pageLanguage } from "./page";
import { text } from "./texts";

const EDITOR = "fitbit-cardiogram-dashboard-editor";

/** What a dashboard or view is made from; when it changes, they are made again. */
const DEPENDENCIES = ["entities", "devices"];

class DashboardStrategy extends HTMLElement {
  static readonly registryDependencies = DEPENDENCIES;

  static async generate(config: DashboardStrategyConfig, hass: Hass) {
    return dashboard(hass, config);
  }

  static getCreateSuggestions(hass: Hass) {
    return { title: text(hass.locale.language, "title"), icon: DASHBOARD_ICON };
  }

  static getConfigElement() {
    return document.createElement(EDITOR);
  }
}

class ViewStrategy extends HTMLElement {
  static readonly registryDependencies = DEPENDENCIES;

  static async generate(config: ViewStrategyConfig, hass: Hass) {
    for (const { entryId } of shownBy(hass, config)) warm(hass, entryId);
    return viewBy(hass, config);
  }
}

/** Chooses the accounts of a dashboard. */
class DashboardEditor extends LitElement {
  @property({ attribute: false }) hass?: Hass;
  @state() private config?: DashboardStrategyConfig;

  setConfig(config: DashboardStrategyConfig): void {
    this.config = config;
  }

  override render() {
    if (!this.hass || !this.config) return nothing;
    const { language } = this.hass.locale;
    const options = choices(this.hass, this.config);
    const selector = { select: { multiple: true, mode: "list", options } };
    return html`<ha-form
      .hass=${this.hass}
      .data=${this.config}
      .schema=${[{ name: "accounts", selector }]}
      .computeLabel=${() => text(language, "field_accounts")}
      .computeHelper=${() => text(language, "help_accounts")}
      @value-changed=${this.changed}
    ></ha-form>`;
  }

  private changed(event: CustomEvent<{ value: DashboardStrategyConfig }>): void {
    event.stopPropagation();
    const { accounts: chosen, ...config } = event.detail.value;
    const detail = { config: chosen?.length ? { ...config, accounts: chosen } : config };
    this.dispatchEvent(new CustomEvent("config-changed", { detail, bubbles: true, composed: true }));
  }
}

/** Return the accounts to choose from, each by what the configuration knows it by if it does. */
function choices(hass: Hass, { accounts: chosen = [] }: DashboardStrategyConfig) {
  return accounts(hass).map(({ deviceId, name }) => ({
    value: chosen.find((id) => accountBy(hass, id)?.deviceId === deviceId) ?? deviceId,
    label: name,
  }));
}

export const ELEMENTS: Record<string, CustomElementConstructor> = {
  [`ll-strategy-dashboard-${STRATEGY_TYPE}`]: DashboardStrategy,
  [`ll-strategy-view-${STRATEGY_TYPE}`]: ViewStrategy,
  [EDITOR]: DashboardEditor,
};

/** The entry among the ready-made dashboards, in the language that the page has by then. */
export const OFFER = {
  type: STRATEGY_TYPE,
  strategyType: "dashboard",
  get name() {
    return text(pageLanguage(), "dashboard_name");
  },
  get description() {
    return text(pageLanguage(), "dashboard_description");
  },
};
