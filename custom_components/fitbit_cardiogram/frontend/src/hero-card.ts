/** A person first: how the heart is now and how old that is, and today's values beside the usual. */

import { type TemplateResult, css, html, nothing, svg } from "lit";
import { cardStyles } from "./card-styles";
import { HEART } from "./icons";
import { leading } from "./more-info";
import type { Compared } from "./overview";
import { OverviewCard, type OverviewConfig, type Shown } from "./overview-card";
import { openPast } from "./past-dialog";
import { told } from "./reason";
import type { TextKey } from "./texts";
import { besideUsual } from "./usual";

export const HERO_TYPE = "fitbit-cardiogram-hero";

export interface HeroConfig extends OverviewConfig {
  /** The person's name, where several are side by side. */
  title?: string;
  /** Where the name leads. */
  navigation_path?: string;
}

const CIRCLE = 2 * Math.PI * 25;
/** The key of the week's entity. */
const WEEK = "active_zone_minutes_week";

export class HeroCard extends OverviewCard<HeroConfig> {
  static override styles = [...cardStyles, heroStyles()];

  protected override waiting() {
    return html`<ha-card><div class="hero"></div></ha-card>`;
  }

  protected override refused(words: string) {
    return html`<ha-card
      >${this.name()}
      <p class="alone">${words}</p></ha-card
    >`;
  }

  protected override draw(shown: Shown) {
    const facts = [resting(shown), night(shown), variability(shown), week(shown)].filter(
      (fact) => fact !== nothing,
    );
    const rate = newest(shown);
    return html`<ha-card>
      ${this.name()}
      ${
        rate === nothing && !facts.length
          ? nothing
          : html`<div class="hero" style="--facts:${facts.length}">
              ${rate} ${facts.length ? html`<dl class="facts">${facts}</dl>` : nothing}
            </div>`
      }
      ${reasonLine(shown, this)}
    </ha-card>`;
  }

  private name() {
    const { title, navigation_path: path } = this.config ?? {};
    if (!title) return nothing;
    return html`<h2>${path ? html`<a href=${path}>${title}</a>` : title}</h2>`;
  }
}

function newest(shown: Shown): TemplateResult | typeof nothing {
  const { overview, formats, say } = shown;
  const found = overview.newest;
  if (!found) return nothing;
  const { bpm, time, zone, is_current: isCurrent } = found;
  const colour = isCurrent ? `var(--zone-${zone ?? "light"})` : "var(--secondary-text-color)";
  const style = `--rate:${colour};--beat:${(60 / bpm).toFixed(2)}s`;
  return html`<div class="rate ${isCurrent ? "current" : ""}" style=${style}>
    ${HEART}${leading(shown, "heart_rate", html`<b>${formats.number(bpm)}</b>`)}
    <span>
      <span class="unit" id="heart_rate-name">${say("bpm")}</span>
      <small title=${formats.dayAndTime(time)}>${formats.ago(time)}</small>
    </span>
  </div>`;
}

function resting(shown: Shown) {
  const found = shown.overview.resting_heart_rate;
  return found ? compared(shown, "resting_heart_rate", "resting", found, shown.say("bpm")) : nothing;
}

function variability(shown: Shown) {
  const found = shown.overview.heart_rate_variability;
  return found ? compared(shown, "heart_rate_variability", "variability", found, "ms") : nothing;
}

function compared(shown: Shown, key: string, label: TextKey, found: Compared, unit: string) {
  const { formats, say } = shown;
  const value = html`${formats.number(found.value)} <span class="unit">${unit}</span>`;
  const noon = formats.noon(found.day);
  const isOld = Date.now() / 1000 - noon > 2 * 86400;
  const { place, difference } = found;
  const beside = place === null || difference === null ? "" : besideUsual(place, difference, formats);
  return fact(shown, key, say(label), value, [beside, isOld ? formats.day(noon) : ""]);
}

function night(shown: Shown) {
  const { overview, formats, say } = shown;
  const found = overview.night;
  if (!found) return nothing;
  const isLast = found.day === formats.civilDay(Date.now() / 1000);
  const label = isLast ? say("last_night") : say("night_to", { day: formats.day(formats.noon(found.day)) });
  const lowest =
    found.lowest === null || found.lowest_at === null
      ? ""
      : say("lowest_at", { bpm: formats.number(found.lowest), time: formats.time(found.lowest_at) });
  return fact(shown, "last_night", label, html`${formats.hours(found.asleep)}`, [lowest]);
}

function week(shown: Shown) {
  const { overview, formats, say } = shown;
  const found = overview.week;
  if (!found) return nothing;
  const { minutes, goal } = found;
  const number = formats.number(minutes);
  if (!goal)
    return fact(shown, WEEK, say("week"), html`${number} <span class="unit">min</span>`, [say("this_week")]);
  const share = Math.min(minutes / goal, 1);
  return html`<div class="fact ring ${share < 1 ? "" : "reached"}">
    <dt id="${WEEK}-name">${say("week")} <span>${say("week_goal", { goal: formats.number(goal) })}</span></dt>
    <dd>
      ${svg`<svg viewBox="0 0 60 60" aria-hidden="true">
        <circle cx="30" cy="30" r="25" />
        ${share > 0 ? svg`<circle class="share" cx="30" cy="30" r="25" stroke-dasharray="${share * CIRCLE} ${CIRCLE}" />` : nothing}
      </svg>`}
      <span>${leading(shown, WEEK, html`${number}`)}</span>
    </dd>
  </div>`;
}

/** Render a value below its label, with words on it; a tap shows the entity of that key. */
function fact(shown: Shown, key: string, label: string, value: TemplateResult, words: string[]) {
  const said = words.filter(Boolean).join(" · ");
  return html`<div class="fact">
    <dt id="${key}-name">${label}</dt>
    <dd>${leading(shown, key, value)}</dd>
    ${said ? html`<dd><small>${said}</small></dd>` : nothing}
  </div>`;
}

/** Render the reason below the person, if there is one. */
function reasonLine({ hass, overview, account, formats, say }: Shown, card: HTMLElement) {
  if (!overview.reason) return nothing;
  const isAdmin = Boolean(hass.user?.is_admin);
  const { icon, isUrgent, words, values, remedy } = told(overview.reason, {
    account,
    source: overview.source,
    formats,
    isAdmin,
  });
  const { percent } = overview.reason;
  return html`<div class="reason ${isUrgent ? "urgent" : ""}" role="status">
    <ha-icon icon=${icon}></ha-icon>
    <span>${say(words, values)}</span>
    ${
      remedy === undefined
        ? nothing
        : "href" in remedy
          ? html`<a href=${remedy.href}>${say(remedy.key)}</a>`
          : html`<button @click=${() => openPast(card, hass, account)}>${say(remedy.key)}</button>`
    }
    ${percent === null ? nothing : html`<i class="progress" style="width:${percent}%" aria-hidden="true"></i>`}
  </div>`;
}

function heroStyles() {
  return css`
    ha-card {
      container-type: inline-size;
      overflow: hidden;
    }
    h2 {
      padding: 12px 20px 0;
      overflow-wrap: anywhere;
    }
    h2 a {
      color: inherit;
    }
    .more {
      color: inherit;
      font-weight: inherit;
      text-align: start;
    }
    .hero {
      display: flex;
      align-items: center;
      gap: 20px;
      box-sizing: border-box;
      min-height: 104px;
      padding: 16px 20px;
    }
    .rate {
      display: flex;
      align-items: center;
      flex: none;
      min-width: 176px;
    }
    .rate svg {
      width: 26px;
      height: 26px;
      margin-inline-end: 12px;
      fill: var(--rate);
    }
    .rate.current svg {
      animation: beat var(--beat) ease-in-out infinite;
    }
    .rate b {
      color: var(--rate);
      font-size: 60px;
      font-weight: 400;
      line-height: 64px;
      letter-spacing: -0.03em;
    }
    .rate > span {
      display: flex;
      flex-direction: column;
      margin-inline-start: 10px;
      padding-top: 14px;
      white-space: nowrap;
    }
    .unit {
      font-size: 0.7em;
      line-height: 1;
      color: var(--secondary-text-color);
    }
    .rate .unit {
      font-size: 14px;
      line-height: 18px;
    }
    .facts {
      display: grid;
      flex: 1;
      grid-template-columns: repeat(var(--facts), auto);
      min-width: 0;
    }
    .fact {
      min-width: 0;
      padding-inline: 20px 8px;
      border-inline-start: 1px solid var(--divider-color);
    }
    .fact dd {
      font-size: 20px;
      line-height: 28px;
      white-space: nowrap;
    }
    .fact dd + dd {
      font-size: 13px;
      line-height: 18px;
      white-space: normal;
    }
    .ring {
      display: flex;
      flex-direction: row-reverse;
      justify-content: flex-end;
      align-items: center;
      gap: 14px;
    }
    .ring dt span {
      display: block;
    }
    .ring dd {
      position: relative;
      flex: none;
      width: 64px;
      height: 64px;
    }
    .ring svg {
      transform: rotate(-90deg);
      fill: none;
      stroke-width: 7;
      stroke-linecap: round;
      stroke: color-mix(in srgb, var(--primary-text-color) 9%, transparent);
    }
    .ring .share {
      stroke: var(--zone-vigorous);
    }
    .reached .share {
      stroke: var(--zone-light);
    }
    .ring dd span {
      position: absolute;
      inset: 0;
      display: grid;
      place-items: center;
      font-size: 16px;
      font-weight: 500;
    }
    .reason {
      position: relative;
      display: flex;
      align-items: center;
      gap: 12px;
      padding: 10px 20px;
      background: color-mix(in srgb, var(--primary-text-color) 4%, transparent);
      font-size: 14px;
      line-height: 20px;
    }
    h2 + .reason {
      margin-top: 12px;
    }
    h2 + .reason,
    .hero + .reason {
      border-top: 1px solid var(--divider-color);
    }
    .reason span {
      flex: 1;
    }
    .reason a,
    .reason button {
      flex: none;
    }
    .reason ha-icon {
      flex: none;
      --mdc-icon-size: 20px;
      color: var(--secondary-text-color);
    }
    .urgent {
      background: color-mix(in srgb, var(--zone-vigorous) 12%, transparent);
    }
    .urgent ha-icon {
      color: var(--zone-vigorous);
    }
    .progress {
      position: absolute;
      bottom: 0;
      inset-inline-start: 0;
      height: 2px;
      background: var(--zone-light);
    }
    @keyframes beat {
      0%,
      45%,
      100% {
        transform: scale(1);
      }
      18% {
        transform: scale(1.14);
      }
    }
    @container (max-width: 800px) {
      .hero {
        flex-wrap: wrap;
        gap: 14px;
      }
      .rate {
        flex-basis: 100%;
      }
      .facts {
        flex-basis: 100%;
        grid-template-columns: repeat(min(var(--facts), 2), 1fr);
        gap: 16px 20px;
      }
      .fact {
        padding: 0;
        border: none;
      }
    }
    @container (min-width: 620px) and (max-width: 800px) {
      .facts {
        grid-template-columns: repeat(var(--facts), auto);
      }
    }
    @container (max-width: 480px) {
      h2 {
        padding-inline: 16px;
      }
      .hero,
      .reason {
        padding-inline: 16px;
      }
      .reason {
        flex-wrap: wrap;
      }
      .reason span {
        flex-basis: 70%;
      }
      .reason a,
      .reason button {
        margin-inline-start: 32px;
      }
      .ring {
        gap: 12px;
      }
    }
    @container (max-width: 360px) {
      .ring {
        grid-column: 1 / -1;
      }
    }
    @media (prefers-reduced-motion: reduce) {
      .rate.current svg {
        animation: none;
      }
    }
  `;
}
