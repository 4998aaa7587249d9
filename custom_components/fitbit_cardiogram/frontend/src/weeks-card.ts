/** The last weeks: trends, a year of days, and the last workouts, as far as there is something to be drawn. */

import { type TemplateResult, html, nothing } from "lit";
import { state } from "lit/decorators.js";
import { leaveOut } from "./bare";
import { cardStyles } from "./card-styles";
import type { Formats } from "./formats";
import { PLAIN, commandError } from "./hearing";
import { type Days, fetchDays } from "./overview";
import { OverviewCard, type OverviewConfig, type Shown } from "./overview-card";
import { DAY } from "./series";
import { type Picked, TRENDS, hasTrend, trend } from "./trend";
import { weekStyles } from "./weeks-styles";
import { workoutList } from "./workout-list";
import { WEEKS, hasYear, year } from "./year";

export const WEEKS_TYPE = "fitbit-cardiogram-weeks";

/** Milliseconds after which days that could not be read are asked for again. */
const RETRY = 10_000;

interface Panel {
  isWide: boolean;
  content: TemplateResult;
}

export class WeeksCard extends OverviewCard<OverviewConfig> {
  static override styles = [...cardStyles, weekStyles];
  /** Home Assistant keeps such a card where it is: hidden, it still hears of what there is to draw. */
  readonly connectedWhileHidden = true;
  @state() private days?: Days | undefined;
  @state() private hasFailed = false;
  @state() private picked?: Picked | undefined;

  /** What the days were asked for with; they are asked for again when it is another. */
  private asked = "";
  private retry: ReturnType<typeof setTimeout> | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.retry);
    this.asked = "";
  }

  override setConfig(config: OverviewConfig): void {
    super.setConfig(config);
    this.days = undefined;
    this.hasFailed = false;
    this.asked = "";
  }

  protected override updated(): void {
    leaveOut(this, !this.shadowRoot?.querySelector("ha-card"));
  }

  protected override draw(shown: Shown) {
    void this.load(shown);
    const panels = this.panels(shown);
    if (!panels.length) return nothing;
    const halves = panels.filter(({ isWide }) => !isWide);
    const isOdd = halves.length % 2 === 1;
    return html`<div class="panels">
      ${panels.map(
        (panel) =>
          html`<ha-card class=${panel.isWide || (isOdd && panel === halves.at(-1)) ? "wide" : ""}>
            <section>${panel.content}</section>
          </ha-card>`,
      )}
    </div>`;
  }

  private panels({ overview, formats, say }: Shown): Panel[] {
    const { days } = this;
    const first = days ? formats.noon(days.first) : 0;
    const chosen = (panel: string) => (this.picked?.panel === panel ? this.picked.index : undefined);
    const choose = (panel: string) => (index: number | undefined) => {
      this.picked = index === undefined ? undefined : { panel, index };
    };
    const trends = TRENDS.flatMap((kind) => {
      const column = days?.series[kind.key];
      if (!hasTrend(column)) return [];
      const content = trend(kind, column, first, formats, chosen(kind.key), choose(kind.key));
      return [{ isWide: false, content }];
    });
    const resting = days?.series["resting_heart_rate"];
    const ofYear = hasYear(resting)
      ? [{ isWide: true, content: year(resting, first, formats, chosen("year"), choose("year")) }]
      : [];
    const { workouts } = overview;
    const ofWorkouts = workouts?.length ? [{ isWide: true, content: workoutList(workouts, formats) }] : [];
    const failure =
      this.hasFailed && !days
        ? [{ isWide: true, content: html`<p class="alone" role="status">${say("days_failed")}</p>` }]
        : [];
    return [...failure, ...trends, ...ofYear, ...ofWorkouts];
  }

  /** Ask for the days of a year, where the overview tells that they may have changed. */
  private async load({ hass, account, overview, formats }: Shown): Promise<void> {
    const { start, end } = yearOf(formats);
    const { resting_heart_rate: resting, heart_rate_variability: variability, oldest } = overview;
    const asked = JSON.stringify([account.entryId, start, end, resting, variability, oldest]);
    if (asked === this.asked) return;
    this.asked = asked;
    try {
      const days = await fetchDays(hass, account.entryId, start, end);
      if (asked !== this.asked) return;
      this.days = days;
      this.hasFailed = false;
    } catch (error) {
      if (asked !== this.asked) return;
      // The card of the person says those.
      this.hasFailed = !PLAIN.includes(commandError(error).code);
      this.retry = setTimeout(() => {
        this.asked = "";
        this.requestUpdate();
      }, RETRY);
    }
  }
}

/** Return the days of a year of whole weeks up to today, and the day after. */
function yearOf(formats: Formats): { start: string; end: string } {
  const noon = formats.noon(formats.civilDay(Date.now() / 1000));
  const weekday = new Date(formats.zone.local(noon) * 1000).getUTCDay();
  const intoWeek = (weekday - formats.firstWeekday + 7) % 7;
  return {
    start: formats.civilDay(noon - (intoWeek + 7 * (WEEKS - 1)) * DAY),
    end: formats.civilDay(noon + DAY),
  };
}
