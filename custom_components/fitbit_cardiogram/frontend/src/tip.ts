/** What a point of the chart says: in a box beside it, and to a screen reader. */

import { html, nothing } from "lit";
import type { ChartConfig } from "./chart-config";
import type { Drawn } from "./chart-drawn";
import type { ChartSessions } from "./chart-sessions";
import type { Columns } from "./columns";
import type { Alert, Annotations, Day, Zone } from "./contract";
import type { Formats } from "./formats";
import type { Place, Plot } from "./plot";
import { noonOf } from "./ranges";
import { isQuiet, type Session } from "./sessions";
import { type TextKey, text } from "./texts";
import { zoneName, zonesAt } from "./zones";

/** CSS pixels between a point and its box, and the room that the box takes. */
const APART = 12;
const HIGH = { above: 76, below: 96, edge: 4 };
/** Seconds from which on a point stands for a day. */
const DAYLONG = 80_000;

export interface Point {
  /** The time that it stands for; of a single sample both are the same. */
  from: number;
  to: number;
  min: number;
  mean: number;
  max: number;
  zones: Zone[];
  sessions: Session[];
  alerts: Alert[];
  /** Of a day: what is known of its hours. */
  day?: DayPoint;
}

export interface DayPoint {
  /** Four of five means of its hours lie between these. */
  band: [number, number];
  resting: number | null;
  /** How many of its hours were beyond a limit. */
  beyond: Record<"high" | "low", number>;
}

/** Return the values of a point without what is known of it; undefined in a gap. */
export function valuesAt(
  columns: Columns,
  index: number,
): Pick<Point, "from" | "to" | "min" | "mean" | "max"> | undefined {
  const mean = columns.mean[index];
  if (mean == null) return undefined;
  const [min, max] = [columns.min[index] as number, columns.max[index] as number];
  return { from: columns.from[index] as number, to: columns.to[index] as number, min, mean, max };
}

/** Return what is known of a point of what is drawn; undefined in a gap. */
export function pointOf(
  { columns, view }: Drawn,
  index: number,
  config: ChartConfig,
  sessions: ChartSessions,
  annotations: Annotations | undefined,
): Point | undefined {
  const values = valuesAt(columns, index);
  if (!values) return undefined;
  const { from, to, mean } = values;
  const time = columns.x[index] as number;
  const { days = [], alerts = [] } = annotations ?? {};
  return {
    ...values,
    ...(columns.hours ? { day: dayPointOf(columns, index, config, days) } : {}),
    zones: config.zones === false || columns.hours ? [] : zonesAt(days, time, mean),
    sessions: sessions.at(view, { start: from, end: to + 1 }),
    alerts: config.alerts === false ? [] : alerts.filter(({ start, end }) => start <= to && from < end),
  };
}

function dayPointOf(
  { x, low, high, hours }: Columns,
  index: number,
  config: ChartConfig,
  days: Day[],
): DayPoint {
  const noon = x[index] as number;
  const beyond = (kind: "high" | "low") => (config.alerts === false ? 0 : (hours?.[kind][index] ?? 0));
  const day = days.find(({ start, end }) => start <= noon && noon < end);
  return {
    band: [low[index] as number, high[index] as number],
    resting: config.resting === false ? null : (day?.resting ?? null),
    beyond: { high: beyond("high"), low: beyond("low") },
  };
}

/** Render the point's dot on the curve and the box beside it. */
export function tip(formats: Formats, point: Point, place: Place, frame: Plot["frame"]) {
  const { mean, min, max, zones } = point;
  const [left, top] = [frame.left + place.left, frame.top + place.top];
  const isRight = place.left > frame.width / 2;
  const across = isRight ? `calc(${left - APART}px - 100%)` : `${left + APART}px`;
  const down = Math.min(
    Math.max(top - HIGH.above, HIGH.edge),
    Math.max(frame.height - HIGH.below, HIGH.edge),
  );
  return html`
    <div class="dot" style="left:${left}px;top:${top}px;background:${dotColour(zones)}"></div>
    <div class="tip" style="transform:translate(${across}, ${down}px)">
      <p class="value">
        ${formats.number(mean)} <span>${text(formats.language, "bpm")}</span>
        ${min !== max && !point.day ? html`<span> · ${formats.number(min)}–${formats.number(max)}</span>` : nothing}
      </p>
      ${dayTexts(formats, point).map((said) => html`<p>${said}</p>`)}
      ${zonesSaid(point).map(
        (zone) =>
          html`<p>
            <i class="swatch" style="background:var(--zone-${zone.custom ? "custom" : zone.name})"></i
            >${zoneName(formats.language, zone)}
          </p>`,
      )}
      <p><small>${timeText(formats, point)}</small></p>
      ${sessionTexts(formats, point).map((said) => html`<p>${said}</p>`)}
      ${point.alerts.map((alert) => html`<p class=${alert.kind}>${alertText(formats, alert)}</p>`)}
    </div>
  `;
}

/** Say all of a point in a sentence. */
export function tipText(formats: Formats, point: Point): string {
  const { language } = formats;
  const { min, mean, max, alerts } = point;
  const time = timeText(formats, point);
  const [low, middle, high] = [min, mean, max].map((bpm) => formats.number(bpm)) as [string, string, string];
  const value =
    min === max
      ? text(language, "cursor_value", { time, value: `${middle} ${text(language, "bpm")}` })
      : text(language, "cursor_range", { time, min: low, max: high, mean: middle });
  return [
    value,
    ...dayTexts(formats, point),
    ...zonesSaid(point).map((zone) => zoneName(language, zone)),
    ...sessionTexts(formats, point),
    ...alerts.map((alert) => alertText(formats, alert)),
  ].join(". ");
}

/** Return the zones to name: in sleep, Light is a stage, and the zone of that name says nothing. */
function zonesSaid({ zones, sessions }: Point): Zone[] {
  return sessions.some(isQuiet) ? zones.filter(({ custom }) => custom) : zones;
}

function dotColour(zones: Zone[]): string {
  const main = zones.find(({ custom }) => !custom);
  if (main) return `var(--zone-${main.name})`;
  return zones.length ? "var(--zone-custom)" : "var(--zone-line)";
}

/** Say what time a point stands for. */
function timeText(formats: Formats, { from, to }: Point): string {
  if (from === to) return `${formats.day(from)}, ${formats.second(from)}`;
  return to - from >= DAYLONG ? formats.day(noonOf({ start: from, end: to })) : formats.period(from, to);
}

function sessionTexts(formats: Formats, { sessions, from, to }: Point): string[] {
  return sessions.map((session) => session.at(formats.language, (from + to) / 2));
}

/** Say of a day its resting heart rate, what its hours were like, and how many of them were beyond a limit. */
function dayTexts(formats: Formats, { min, max, day }: Point): string[] {
  if (!day) return [];
  const number = (bpm: number) => formats.number(bpm);
  const say = (key: TextKey, values: Record<string, string>) => text(formats.language, key, values);
  const [low, high] = day.band;
  return [
    ...(day.resting === null ? [] : [say("day_resting", { bpm: number(day.resting) })]),
    say("day_hours", { low: number(low), high: number(high) }),
    say("day_ends", { lowest: number(min), highest: number(max) }),
    ...(["high", "low"] as const)
      .filter((kind) => day.beyond[kind])
      .map((kind) => say(`hours_${kind}`, { count: number(day.beyond[kind]) })),
  ];
}

function alertText(formats: Formats, { kind, limit, start, end, extreme, hourly }: Alert): string {
  return text(formats.language, hourly ? `alert_${kind}_hours` : `alert_${kind}`, {
    limit: formats.number(limit),
    extreme: formats.number(extreme),
    time: formats.minutes((end - start) / 60),
  });
}
