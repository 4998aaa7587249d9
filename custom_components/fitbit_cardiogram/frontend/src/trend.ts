/** The trend of a daily value: a dot a day, the mean of seven days, and the usual as a band. */

import { html, nothing, svg } from "lit";
import { stepped } from "./day-picker";
import type { Formats } from "./formats";
import type { Column } from "./overview";
import { DAY, type Scale, lastDays, scaleOf, weekMeans } from "./series";
import { type TextKey, text } from "./texts";

const SHOWN = 60;
const LEAST_VALUES = 3;

export interface TrendKind {
  key: string;
  title: TextKey;
  unit: string;
  colour: string;
  /** What the axis spans at least. */
  least: number;
}

export const TRENDS: TrendKind[] = [
  { key: "resting_heart_rate", title: "resting_long", unit: "bpm", colour: "resting", least: 20 },
  { key: "heart_rate_variability", title: "variability_long", unit: "ms", colour: "light", least: 40 },
];

export interface Picked {
  panel: string;
  index: number;
}

/** Return whether a column has enough to be drawn. */
export function hasTrend(column: Column | undefined): column is Column {
  return Boolean(
    column && lastDays(column, SHOWN).values.filter((value) => value !== null).length >= LEAST_VALUES,
  );
}

/** Render a trend; `pick` is told of the day that a person points at, counted from the first of the column. */
export function trend(
  kind: TrendKind,
  column: Column,
  first: number,
  formats: Formats,
  picked: number | undefined,
  pick: (index: number | undefined) => void,
) {
  const { language } = formats;
  const { from, values } = lastDays(column, SHOWN);
  const usual = (column.usual ?? []).slice(from);
  const means = weekMeans(values);
  const known = [...values, ...usual.flatMap((one) => (one ? [one[0], one[2]] : []))].filter(
    (one) => one !== null,
  );
  const scale = scaleOf(known, kind.least);
  const count = values.length;
  const x = (index: number) => ((index + 0.5) / count) * 1000;
  const y = (value: number) => 100 - ((value - scale.low) / (scale.high - scale.low)) * 100;
  const at = picked === undefined ? undefined : picked - from;
  const time = (index: number) => first + (from + index) * DAY;
  const said = (index: number) => sayDay(kind, formats, time(index), values[index] ?? null);
  const mean = means.findLast((one) => one !== null);
  const summary = text(language, "trend_summary", {
    what: text(language, kind.title),
    days: formats.days(time(0), time(count - 1)),
    low: formats.number(Math.min(...values.filter((one) => one !== null))),
    high: formats.number(Math.max(...values.filter((one) => one !== null))),
    unit: kind.unit,
  });
  const now = at ?? count - 1;
  const points = values.flatMap((value, index) => (value === null ? [] : [`M${x(index)} ${y(value)}h0`]));
  return html`
    <header>
      <h2>${text(language, kind.title)}</h2>
      <small>
        ${
          at === undefined
            ? mean === undefined
              ? nothing
              : text(language, "week_mean", { mean: formats.number(mean), unit: kind.unit })
            : said(at)
        }
      </small>
    </header>
    <div
      class="trend"
      style="--colour:var(--zone-${kind.colour})"
      tabindex="0"
      role="slider"
      aria-label=${summary}
      aria-readonly="true"
      aria-valuemin="1"
      aria-valuemax=${count}
      aria-valuenow=${now + 1}
      aria-valuetext=${said(now)}
      @pointermove=${(event: PointerEvent) => {
        const { left, width } = (event.currentTarget as HTMLElement).getBoundingClientRect();
        const share = (event.clientX - left - AXIS) / (width - AXIS);
        pick(from + Math.min(Math.max(Math.floor(share * count), 0), count - 1));
      }}
      @pointerleave=${() => pick(undefined)}
      @blur=${() => pick(undefined)}
      @keydown=${(event: KeyboardEvent) => {
        const index = stepped(event.key, at, count, 1);
        if (index === undefined) return;
        event.preventDefault();
        pick(from + index);
      }}
    >
      <div class="plot">
        ${ticksOf(scale).map((tick) => html`<span class="tick" style="top:${y(tick)}%">${formats.number(tick)}</span>`)}
        ${svg`<svg viewBox="0 0 1000 100" preserveAspectRatio="none" aria-hidden="true">
          ${ticksOf(scale).map((tick) => svg`<path class="line" d="M0 ${y(tick)}H1000" />`)}
          ${bandsOf(usual).map((band) => svg`<path class="band" d=${bandPath(band, count, x, y)} />`)}
          <path class="dots" d=${points.join("")} />
          <path class="mean" d=${linePath(means, x, y)} />
          ${at === undefined ? nothing : svg`<path class="cursor" d="M${x(at)} 0V100" />`}
        </svg>`}
      </div>
      <div class="dates" aria-hidden="true">
        ${[0, Math.floor((count - 1) / 2), count - 1].map((index) => html`<span>${formats.date(time(index))}</span>`)}
      </div>
    </div>
  `;
}

/** CSS pixels that the axis takes up. */
const AXIS = 32;

/** Say what a day's value was. */
function sayDay(kind: TrendKind, formats: Formats, time: number, value: number | null): string {
  const words = value === null ? "–" : `${formats.number(value)} ${kind.unit}`;
  return `${formats.day(time)}: ${words}`;
}

function ticksOf({ low, high }: Scale): number[] {
  return [low, (low + high) / 2, high];
}

type Band = { index: number; low: number; high: number }[];

/** Return the runs of days with a usual. */
function bandsOf(usual: ([number, number, number] | null)[]): Band[] {
  const bands: Band[] = [];
  usual.forEach((one, index) => {
    if (!one) return;
    const last = bands.at(-1);
    const day = { index, low: one[0], high: one[2] };
    if (last && last.at(-1)?.index === index - 1) last.push(day);
    else bands.push([day]);
  });
  return bands.filter(({ length }) => length > 1);
}

type Place = (value: number) => number;

function bandPath(band: Band, count: number, x: Place, y: Place): string {
  const half = 500 / count;
  const along = (side: "low" | "high", days: Band) =>
    days.map((day) => `${x(day.index)} ${y(day[side])}`).join("L");
  const [first, last] = [band[0], band.at(-1)];
  if (!first || !last) return "";
  const begin = x(first.index) - half;
  const end = x(last.index) + half;
  return `M${begin} ${y(first.high)}L${along("high", band)}L${end} ${y(last.high)}L${end} ${y(last.low)}L${along("low", band.toReversed())}L${begin} ${y(first.low)}Z`;
}

/** Return straight lines from value to value, broken where there is none. */
function linePath(values: (number | null)[], x: Place, y: Place): string {
  return values
    .map((value, index) => {
      if (value === null) return "";
      return `${(values[index - 1] ?? null) === null ? "M" : "L"}${x(index)} ${y(value)}`;
    })
    .join("");
}
