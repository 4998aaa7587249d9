/** What the cards of the dashboard have in common: the account they are of, and its overview. */

import { LitElement, type PropertyValues, type TemplateResult, html, nothing } from "lit";
import { property, state } from "lit/decorators.js";
import { type Account, accountBy, heartRates } from "./account";
import { type Formats, formatsOf } from "./formats";
import { type CommandError, differs, type Hass } from "./hass";
import { PLAIN } from "./hearing";
import { type Overview, follow } from "./overview";
import { pageLanguage } from "./page";
import { type TextKey, text } from "./texts";

export interface OverviewConfig {
  type: string;
  /** The heart rate of the account; any other entity of it, or its device, does as well. */
  entity: string;
}

/** Milliseconds after which an age is said anew. */
const TICK = 15_000;

export interface Shown {
  hass: Hass;
  account: Account;
  formats: Formats;
  overview: Overview;
  say(key: TextKey, values?: Record<string, string | number>): string;
}

export abstract class OverviewCard<Config extends OverviewConfig = OverviewConfig> extends LitElement {
  @property({ attribute: false }) hass?: Hass;
  @property({ type: Boolean, reflect: true }) dark = false;
  @state() protected config?: Config;
  @state() protected overview?: Overview | undefined;
  @state() private error?: CommandError | undefined;

  private clock: ReturnType<typeof setInterval> | undefined;
  private followed: { hass: Hass["connection"]; entryId: string; stop: () => void } | undefined;

  static getStubConfig(hass: Hass): Omit<OverviewConfig, "type"> {
    return { entity: heartRates(hass)[0] ?? "" };
  }

  setConfig(config: Config): void {
    if (typeof config.entity !== "string") throw new Error(text(pageLanguage(), "choose"));
    this.config = config;
  }

  getGridOptions() {
    return { columns: "full" };
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.clock);
    this.unfollow();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.clock = setInterval(() => this.requestUpdate("overview"), TICK);
    this.requestUpdate();
  }

  protected override shouldUpdate(changed: PropertyValues): boolean {
    const before = changed.get("hass") as Hass | undefined;
    if (changed.size > 1 || !changed.has("hass") || !before || !this.hass) return true;
    return differs(before, this.hass, ["entities", "devices", "locale", "themes", "connection", "user"]);
  }

  protected override willUpdate(): void {
    if (!this.hass || !this.config || !this.isConnected) return;
    this.dark = this.hass.themes.darkMode;
    const account = accountBy(this.hass, this.config.entity);
    const { connection } = this.hass;
    if (account?.entryId === this.followed?.entryId && connection === this.followed?.hass) return;
    this.unfollow();
    if (!account) return;
    // The first news may come at once, while this update is under way.
    const stop = follow(this.hass, account.entryId, (overview, error) => {
      this.overview = overview;
      this.error = error;
    });
    this.followed = { hass: connection, entryId: account.entryId, stop };
  }

  private unfollow(): void {
    this.followed?.stop();
    this.followed = this.overview = this.error = undefined;
  }

  override render(): TemplateResult | typeof nothing {
    const { hass, config, overview, error } = this;
    if (!hass || !config) return nothing;
    const say = (key: TextKey, values?: Record<string, string | number>) =>
      text(hass.locale.language, key, values);
    const account = accountBy(hass, config.entity);
    if (!account)
      return html`<ha-card>
        <p class="alone">${say(config.entity ? "no_account" : "choose", { entity: config.entity })}</p>
      </ha-card>`;
    if (error && !(overview && error.code !== "unauthorized"))
      return this.refused(
        say(PLAIN.includes(error.code) ? (`error_${error.code}` as TextKey) : "error_other"),
      );
    if (!overview) return this.waiting();
    return this.draw({ hass, account, formats: formatsOf(hass), overview, say });
  }

  /** Render the card of an account. */
  protected abstract draw(shown: Shown): TemplateResult | typeof nothing;

  /** Render what keeps the place until something is known. */
  protected waiting(): TemplateResult | typeof nothing {
    return nothing;
  }

  /** Render why nothing of the account is told; the card of the person says it for all of them. */
  protected refused(_words: string): TemplateResult | typeof nothing {
    return nothing;
  }
}
