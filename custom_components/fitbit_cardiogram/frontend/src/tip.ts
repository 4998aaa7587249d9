/** What a point of the chart says: in a box beside it, and to a screen reader. */

import { html, nothing } from "lit";
import type { Columns } from "./columns";
import type { Alert, Zone } from "./contract";
import type { Formats } from "./formats";
import type { Place, Plot } from "./plot";
import { noonOf } from "./ranges";
import { isQuiet, type Session } from "./sessions";
import { text } from "./texts";
import { zoneName } from "./zones";

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
        ${min !== max ? html`<span> · ${formats.number(min)}–${formats.number(max)}</span>` : nothing}
      </p>
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

function alertText(formats: Formats, { kind, limit, start, end, extreme }: Alert): string {
  return text(formats.language, `alert_${kind}`, {
    limit: formats.number(limit),
    extreme: formats.number(extreme),
    time: formats.minutes((end - start) / 60),
  });
}
