/** The chart of an account's heart rate. */

import { LitElement, html, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { accountOf } from "./account";
import type { Hass } from "./hass";

export interface ChartConfig {
  type: string;
  entity: string;
  title?: string;
}

export class ChartCard extends LitElement {
  @property({ attribute: false }) hass?: Hass;
  @state() private config?: ChartConfig;

  setConfig(config: ChartConfig): void {
    this.config = config;
  }

  override render(): TemplateResult {
    const account = this.hass && this.config && accountOf(this.hass, this.config.entity);
    return html`<ha-card .header=${this.config?.title ?? account?.name}></ha-card>`;
  }
}
