/** What the chart says of the shown range: a sentence to see, and one for those who cannot see it. */

import { html, nothing, type TemplateResult } from "lit";
import type { ChartSessions } from "./chart-sessions";
import type { Extremes } from "./columns";
import type { Span } from "./contract";
import type { Formats } from "./formats";
import { isQuiet } from "./sessions";
import { type TextKey, text } from "./texts";
import { type ZoneTime, zoneName } from "./zones";

/** All that is known of the shown range, in numbers. */
export interface Sum {
  name: string;
  view: Span;
  extremes: Extremes | undefined;
  /** The resting heart rate, and how it compares to the usual. */
  resting: number | undefined;
  usual: string | undefined;
  zones: ZoneTime[];
  newest: { bpm: number; time: number } | undefined;
}

/** Render the sentence that sums a range up: "48 to 165, mean 74 · resting 57 · moderate 23 min". */
export function sentence(formats: Formats, sum: Sum): TemplateResult | typeof nothing {
  const said = rangeText(formats, sum);
  if (!said) return nothing;
  const resting = restingText(formats, sum);
  const parts = zonesSaid(sum).map(
    (zone) =>
      html`<span class="part"
        ><i class="swatch" style="background:var(--zone-${zone.custom ? "custom" : zone.name})"></i
        >${zoneText(formats, zone)}</span
      >`,
  );
  return html`<p class="sum">
    <span class="parts"
      ><span class="part">${said}</span
      >${resting ? html`<span class="part">${resting}</span>` : nothing}${parts}</span
    >
  </p>`;
}

/** Say all of a range in sentences. */
export function summary(formats: Formats, sum: Sum, sessions: ChartSessions): string {
  const { name, view, extremes, newest } = sum;
  const say = (key: TextKey, values?: Record<string, string>) => text(formats.language, key, values);
  const period = formats.period(view.start, view.end);
  const shown = sessions.in(view);
  const count = (key: TextKey, isSleep: boolean) => {
    const found = shown.filter((session) => isQuiet(session) === isSleep);
    return found.length ? say(key, { count: formats.number(found.length) }) : "";
  };
  const resting = [sum.resting === undefined ? "" : formats.number(sum.resting), sum.usual].filter(Boolean);
  return [
    extremes
      ? say("summary", { name, period, ...numbers(formats, extremes) })
      : say("summary_nothing", { name, period }),
    sum.resting === undefined ? "" : say("summary_resting", { resting: resting.join(", ") }),
    ...zonesSaid(sum).map((zone) => `${zoneText(formats, zone)}.`),
    count("summary_workouts", false),
    count("summary_sleep", true),
    newest
      ? say("summary_newest", { value: formats.number(newest.bpm), time: formats.moment(newest.time) })
      : "",
  ]
    .filter(Boolean)
    .join(" ");
}

function numbers(formats: Formats, { min, mean, max }: Extremes) {
  return { lowest: formats.number(min), mean: formats.number(mean), highest: formats.number(max) };
}

function rangeText(formats: Formats, { extremes }: Sum): string {
  return extremes ? text(formats.language, "sum_range", numbers(formats, extremes)) : "";
}

function restingText(formats: Formats, { resting, usual }: Sum): string {
  if (resting === undefined) return "";
  const line = text(formats.language, "resting_line", { bpm: formats.number(resting) });
  return usual ? `${line}, ${usual}` : line;
}

/** Return the zones worth a word: next to the everyday one no others would be heard. */
function zonesSaid({ zones }: Sum): ZoneTime[] {
  return zones.filter(
    ({ name, custom, minutes }) => minutes !== null && minutes >= 0.5 && (custom || name !== "light"),
  );
}

function zoneText(formats: Formats, zone: ZoneTime): string {
  return `${zoneName(formats.language, zone)} ${formats.minutes(Math.round(zone.minutes ?? 0))}`;
}
