/** "Import the past": how far back, and the action that brings it in. */

import { html } from "lit";
import { property } from "lit/decorators.js";
import { type Account, DOMAIN } from "./account";
import { Dialog, open } from "./dialog";
import type { Hass } from "./hass";
import { DAY } from "./series";
import type { TextKey } from "./texts";

export const PAST_DIALOG = "fitbit-cardiogram-past-dialog";

const CHOICES: { days: number; key: TextKey }[] = [
  { days: 90, key: "past_90" },
  { days: 365, key: "past_365" },
  { days: 5 * 365, key: "past_1825" },
];
const CHOSEN = 365;

export class PastDialog extends Dialog {
  @property({ attribute: false }) account!: Account;

  protected readonly heading = "import_past";
  protected readonly button = "import";

  protected override content() {
    return html`
      <p>${this.say("past_explained")}</p>
      <label>
        ${this.say("past_how_far")}
        <select name="days">
          ${CHOICES.map(({ days, key }) => html`<option value=${days} ?selected=${days === CHOSEN}>${this.say(key)}</option>`)}
        </select>
      </label>
    `;
  }

  protected override async act(): Promise<TextKey> {
    const values = new FormData(this.shadowRoot?.querySelector("form") ?? undefined);
    const days = Number(values.get("days"));
    const start = new Date((Date.now() / 1000 - days * DAY) * 1000).toISOString();
    await this.hass.callWS({
      type: "call_service",
      domain: DOMAIN,
      service: "import_history",
      service_data: {
        config_entry_id: this.account.entryId,
        start,
        // A person has chosen and pressed the button.
        confirm: true,
      },
    });
    return "past_begun";
  }
}

export function openPast(card: HTMLElement, hass: Hass, account: Account): void {
  const dialog = document.createElement(PAST_DIALOG) as PastDialog;
  dialog.account = account;
  open(dialog, card, hass);
}
