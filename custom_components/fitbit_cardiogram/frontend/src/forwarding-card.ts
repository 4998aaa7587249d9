/** Forwarding in a line for each destination, and what else can be done with an account. */

import { css, html, nothing } from "lit";
import { openAlerts } from "./alert-dialog";
import { cardStyles } from "./card-styles";
import { destinations, entitiesOf } from "./account";
import { exportAll } from "./export";
import { type Mood, standing } from "./forwarding-line";
import { moreInfo } from "./more-info";
import type { DestinationState } from "./overview";
import { OverviewCard, type OverviewConfig, type Shown } from "./overview-card";
import { openPast } from "./past-dialog";
import type { TextKey } from "./texts";

export const FORWARDING_TYPE = "fitbit-cardiogram-forwarding";

const REPAIRS = "/config/repairs";

const ICONS: Record<Mood, string> = {
  fine: "mdi:check",
  waits: "mdi:tray-arrow-up",
  trouble: "mdi:alert-circle-outline",
};

export class ForwardingCard extends OverviewCard<OverviewConfig> {
  static override styles = [...cardStyles, forwardingStyles()];

  protected override draw(shown: Shown) {
    const { overview, say } = shown;
    const forwarding = overview.destinations ?? [];
    return html`<ha-card>
      ${
        forwarding.length
          ? html`<ul>
              ${forwarding.map((one) => this.line(shown, one))}
            </ul>`
          : nothing
      }
      <nav aria-label=${say("actions")}>${this.actions(shown)}</nav>
    </ha-card>`;
  }

  private line(shown: Shown, destination: DestinationState) {
    const { hass, say } = shown;
    const { mood, words, isToMend } = standing(shown, destination);
    const entityId = pendingBeats(shown, destination);
    return html`<li class=${mood}>
      <ha-icon icon=${ICONS[mood]}></ha-icon>
      <span>
        ${
          entityId
            ? html`<button class="name" title=${say("details")} @click=${() => moreInfo(this, entityId)}>
                ${destination.name}:
              </button>`
            : html`<b class="name">${destination.name}:</b>`
        }
        ${words}
      </span>
      ${isToMend && hass.user?.is_admin ? html`<a href=${REPAIRS}>${say("fix")}</a>` : nothing}
    </li>`;
  }

  private actions({ hass, account, overview, say }: Shown) {
    const isAdmin = Boolean(hass.user?.is_admin);
    const action = (key: TextKey, icon: string, act: () => void) =>
      html`<button @click=${act}><ha-icon icon=${icon}></ha-icon>${say(key)}</button>`;
    return html`
      ${isAdmin && overview.limits ? action("alert_me", "mdi:bell-outline", () => openAlerts(this, hass, account, overview)) : nothing}
      ${isAdmin && overview.limits ? action("import_past", "mdi:history", () => openPast(this, hass, account)) : nothing}
      ${action("export", "mdi:download-outline", () => void exportAll(this, hass, account, overview))}
    `;
  }
}

/** Return the entity that stands for a destination, unless it is disabled or hidden. */
function pendingBeats({ hass, account }: Shown, { id, name }: DestinationState): string | undefined {
  const ours = destinations(hass, account);
  const device = ours.find(({ deviceId }) =>
    hass.devices[deviceId]?.identifiers.some(([, known]) => known === id),
  );
  const found = device ?? ours.find((one) => one.name === name);
  return found && entitiesOf(hass, found)["pending_beats"]?.[0];
}

function forwardingStyles() {
  return css`
    ha-card {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 8px 24px;
      padding: 12px 20px;
      font-size: 14px;
      line-height: 20px;
    }
    ul {
      flex: 1 1 320px;
      min-width: 0;
    }
    li {
      display: flex;
      align-items: center;
      gap: 10px;
      padding: 6px 0;
    }
    li span {
      min-width: 0;
      color: var(--secondary-text-color);
      overflow-wrap: anywhere;
    }
    li ha-icon {
      flex: none;
      --mdc-icon-size: 20px;
      color: var(--zone-light);
    }
    .waits ha-icon {
      color: var(--zone-moderate);
    }
    .trouble ha-icon {
      color: var(--zone-vigorous);
    }
    .trouble span {
      color: var(--primary-text-color);
    }
    .name {
      color: var(--primary-text-color);
      text-align: start;
      unicode-bidi: isolate;
    }
    nav {
      display: flex;
      flex-wrap: wrap;
      align-self: flex-end;
      gap: 4px 20px;
      margin-inline-start: auto;
    }
    nav button {
      display: flex;
      align-items: center;
      gap: 6px;
      min-height: 32px;
    }
    nav ha-icon {
      --mdc-icon-size: 18px;
    }
    @media (max-width: 600px) {
      ha-card {
        padding-inline: 16px;
      }
      nav {
        margin: 0;
      }
    }
  `;
}
