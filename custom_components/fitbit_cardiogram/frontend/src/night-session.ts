/** A night or a nap as a session: its figures, its stages, and how long each was. */

import { html, nothing } from "lit";
import type { Night } from "./contract";
import type { Formats } from "./formats";
import { type Axis, type Session, spanOf } from "./sessions";
import { barsOf, stageColour, stageName, stageTimes } from "./stages";
import { text } from "./texts";

const ICONS = { night: "mdi:weather-night", nap: "mdi:power-sleep" };

export function nightSession(night: Night): Session {
  const { id, type, start, end } = night;
  const name = (language: string) => text(language, type);
  return {
    id: `sleep-${id}`,
    look: type,
    start,
    end,
    icon: ICONS[type],
    source: night,
    name,
    label: (formats) => text(formats.language, "asleep_for", { time: formats.hours(night.asleep) }),
    at: (language, time) => {
      const stage = night.stages.find((one) => one.start <= time && time < one.end);
      return stage ? `${name(language)}: ${stageName(language, stage.type)}` : name(language);
    },
    when: (formats, now) => when(formats, night, now),
    figures: (formats) => {
      const { mean, lowest, lowest_at, dip } = night;
      const low = lowest === null ? null : formats.number(lowest);
      return [
        ["asleep", formats.hours(night.asleep)],
        ["sleeping", mean === null ? null : formats.number(mean)],
        ["lowest", low && lowest_at !== null ? `${low} · ${formats.time(lowest_at)}` : low],
        ["dip", dip === null ? null : formats.percent(dip)],
      ];
    },
    below: (formats, axis) => stages(formats, night, axis),
  };
}

/** Say when a person went to bed and got up. */
function when(formats: Formats, night: Night, now: number): string {
  const { start, end } = spanOf(night, now);
  return night.end === null
    ? `${formats.dayAndTime(start)}, ${text(formats.language, "sleep_running")}`
    : formats.period(start, end);
}

/** Render the stages below the curve, by the same axis of time, and how long each was. */
function stages(formats: Formats, night: Night, { view, left, width }: Axis) {
  const times = stageTimes(night.stages);
  if (!times.length) return nothing;
  const { language } = formats;
  return html`
    <div
      class="stages"
      aria-hidden="true"
      style="--rows:${times.length};margin-inline-start:${left}px;width:${width}px"
    >
      ${barsOf(night.stages, view).map(
        (bar) =>
          html`<i
            style="--row:${bar.row};left:${100 * bar.left}%;width:${100 * bar.width}%;background:${bar.colour}"
          ></i>`,
      )}
    </div>
    <ul class="legend" aria-label=${text(language, "stages")}>
      ${times.map(
        ({ type, seconds }) =>
          html`<li>
            <i class="swatch" style="background:${stageColour(type)}"></i>
            ${stageName(language, type)} <span>${formats.hours(seconds)}</span>
          </li>`,
      )}
    </ul>
  `;
}
