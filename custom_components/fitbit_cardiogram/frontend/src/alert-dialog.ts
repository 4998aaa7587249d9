/** "Alert me": a limit, and whom to tell; saving sets the limit and keeps one automation. */

import { html, nothing } from "lit";
import { property, state } from "lit/decorators.js";
import { type Account, entitiesOf } from "./account";
import {
  type Automation,
  IN_HOME_ASSISTANT,
  type Kind,
  findAutomation,
  keepAutomation,
  tellers,
} from "./alert-automation";
import { areCrossed, changes } from "./alert-limits";
import { Dialog, open } from "./dialog";
import type { Hass } from "./hass";
import type { Limits, Overview } from "./overview";
import type { TextKey } from "./texts";

export const ALERT_DIALOG = "fitbit-cardiogram-alert-dialog";

/** What can be chosen, in bpm, and what is offered while no limit is set. */
const FIELDS: Record<Kind, { min: number; max: number; offered: string }> = {
  high: { min: 60, max: 250, offered: "120" },
  low: { min: 20, max: 120, offered: "" },
};
const KINDS: Kind[] = ["high", "low"];

export class AlertDialog extends Dialog {
  @property({ attribute: false }) account!: Account;
  @property({ attribute: false }) limits!: Limits;
  @state() private kept?: Automation | undefined;
  @state() private chosen?: string;

  protected readonly heading = "alert_me";
  protected readonly button = "save";

  override connectedCallback(): void {
    super.connectedCallback();
    findAutomation(this.hass, this.account).then(
      (kept) => {
        this.kept = kept;
      },
      () => undefined,
    );
  }

  private get hasLimits(): boolean {
    return KINDS.some((kind) => this.limits[kind] !== null);
  }

  protected override content() {
    const known = this.kept?.actions?.[0]?.action;
    const choices = [...new Set([...tellers(this.hass), ...(known ? [known] : [])])];
    const chosen = this.chosen ?? known ?? choices[0];
    const isFirst = !this.hasLimits;
    return html`
      <p>${this.say("alert_after", { minutes: this.limits.minutes })}</p>
      <div class="pair">
        ${KINDS.map((kind) => {
          const { min, max, offered } = FIELDS[kind];
          const value = this.limits[kind] ?? (isFirst ? offered : "");
          return html`<label>
            ${this.say(`limit_${kind}`)}
            <input
              name=${kind}
              type="number"
              inputmode="numeric"
              min=${min}
              max=${max}
              step="1"
              .value=${String(value)}
            />
          </label>`;
        })}
      </div>
      <label>
        ${this.say("tell_whom")}
        <select
          name="tell"
          @change=${(event: Event) => (this.chosen = (event.target as HTMLSelectElement).value)}
        >
          ${choices.map(
            (action) =>
              html`<option value=${action} ?selected=${action === chosen}>${this.nameOf(action)}</option>`,
          )}
        </select>
      </label>
      <p class="note">${this.say("alert_note")}</p>
      ${this.kept ? html`<p class="note">${this.say("alert_changes", { name: String(this.kept.alias ?? "") })}</p>` : nothing}
    `;
  }

  private nameOf(action: string): string {
    if (action === IN_HOME_ASSISTANT) return this.say("tell_here");
    const words = action.replace(/^notify\.(mobile_app_)?/, "").replaceAll("_", " ");
    return words.charAt(0).toUpperCase() + words.slice(1);
  }

  protected override async act(): Promise<TextKey> {
    const values = new FormData(this.shadowRoot?.querySelector("form") ?? undefined);
    const bpm = (kind: Kind) => Number(values.get(kind)) || 0;
    const wanted = { high: bpm("high"), low: bpm("low") };
    if (areCrossed(wanted)) throw new Error(this.say("limits_crossed"));
    const entities = entitiesOf(this.hass, this.account);
    const kinds = KINDS.filter((kind) => wanted[kind]);
    // Asked again, so that nothing that a person has changed about it is overwritten unseen.
    const kept = await findAutomation(this.hass, this.account);
    if (!kinds.length && !this.hasLimits && !kept) throw new Error(this.say("limit_needed"));
    // The automation first: a limit takes effect at once, and may be exceeded by now.
    await keepAutomation(this.hass, this.account, kinds, String(values.get("tell")), kept);
    for (const [kind, limit] of changes(wanted, this.limits)) {
      const entity = entities[`${kind}_limit`]?.[0];
      if (!entity) throw new Error(this.say("failed"));
      await this.hass.callWS({
        type: "call_service",
        domain: "number",
        service: "set_value",
        service_data: { value: limit },
        target: { entity_id: entity },
      });
    }
    return kinds.length ? "alert_kept" : "alert_removed";
  }
}

export function openAlerts(card: HTMLElement, hass: Hass, account: Account, { limits }: Overview): void {
  if (!limits) return;
  const dialog = document.createElement(ALERT_DIALOG) as AlertDialog;
  dialog.account = account;
  dialog.limits = limits;
  open(dialog, card, hass);
}
