/** What the chart card shows of workouts: their names above the curve, and one workout by itself. */

import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { Span, Workout } from "./contract";
import { exerciseIcon, exerciseName } from "./exercises";
import type { Formats } from "./formats";
import { BACK } from "./icons";
import { type TextKey, text } from "./texts";
import { labelWidth, type Placed, placed, spanOf } from "./workouts";
import { ZONES } from "./zones";

interface Strip {
  workouts: Workout[];
  view: Span;
  /** Where the plot is, in CSS pixels. */
  left: number;
  width: number;
  open: (workout: Workout) => void;
}

/** Render the workouts above the curve as buttons, and those that there is no room for as marks. */
export function workoutStrip(formats: Formats, strip: Strip): TemplateResult {
  const { language } = formats;
  const now = Date.now() / 1000;
  const name = (type: string) => exerciseName(language, type);
  const found = placed(strip.workouts, strip.view, strip.width, now, name);
  return html`<div class="workouts" role="group" aria-label=${text(language, "workouts")}>
    ${repeat(
      found,
      ({ workout }) => workout.id,
      (one) => {
        const half = one.form === "label" ? labelWidth(one.name) / 2 : 12;
        const middle = Math.min(Math.max(one.middle, half), Math.max(strip.width - half, half));
        const style = `left:${strip.left + (one.form === "mark" ? one.middle : middle)}px`;
        return one.form === "mark"
          ? html`<i class="mark" style=${style}></i>`
          : workoutButton(formats, one, style, now, strip);
      },
    )}
  </div>`;
}

function workoutButton(formats: Formats, one: Placed, style: string, now: number, strip: Strip) {
  const { workout, name, form } = one;
  const said = `${name}, ${workoutTime(formats, workout, now)}`;
  return html`<button
    class="workout"
    style=${style}
    data-workout=${workout.id}
    aria-label=${said}
    title=${said}
    @click=${() => strip.open(workout)}
  >
    <ha-icon icon=${exerciseIcon(workout.type)}></ha-icon
    >${form === "label" ? html`<span>${name}</span>` : nothing}
  </button>`;
}

/** Say when a workout was, and for how long. */
function workoutTime(formats: Formats, workout: Workout, now: number): string {
  const { start, end } = spanOf(workout, now);
  const long = formats.seconds(end - start);
  const period = formats.period(start, end);
  return workout.end === null
    ? `${formats.dayAndTime(start)}, ${text(formats.language, "workout_running")}`
    : `${period}, ${long}`;
}

/** Render the head of the card while a workout is open: the way back, what it was, and its figures. */
export function workoutHead(formats: Formats, workout: Workout, close: () => void): TemplateResult {
  const { language } = formats;
  const say = (key: TextKey) => text(language, key);
  const drop = (bpm: number | null) => (bpm === null ? null : formats.change(-bpm));
  const number = (bpm: number | null) => (bpm === null ? null : formats.number(bpm));
  const shown: [TextKey, string | null][] = [
    ["lowest", number(workout.lowest)],
    ["mean", number(workout.mean)],
    ["highest", number(workout.highest)],
    ["recovery", drop(workout.recovery)],
    ["recovery_120", drop(workout.recovery_120)],
  ];
  const key = (event: KeyboardEvent) => {
    if (event.key === "Escape") close();
  };
  return html`<header
    class="session"
    role="region"
    aria-label=${exerciseName(language, workout.type)}
    @keydown=${key}
  >
    <button class="round" aria-label=${say("close_workout")} title=${say("close_workout")} @click=${close}>
      ${BACK}
    </button>
    <div class="title">
      <h2 tabindex="-1">
        <ha-icon icon=${exerciseIcon(workout.type)}></ha-icon>${exerciseName(language, workout.type)}
      </h2>
      <div class="when">${workoutTime(formats, workout, Date.now() / 1000)}</div>
    </div>
    <dl class="numbers">
      ${shown.map(
        ([key, value]) =>
          html`<div>
            <dt>${say(key)}</dt>
            <dd>${value ?? "–"}</dd>
          </div>`,
      )}
    </dl>
  </header>`;
}

/** Render the time in each zone during a workout, as a bar and in words. */
export function workoutZones(formats: Formats, workout: Workout) {
  const zones = ZONES.map((name) => ({ name, seconds: workout.zones[name] ?? 0 })).filter(
    ({ seconds }) => seconds > 0,
  );
  if (!zones.length) return nothing;
  return html`
    <div class="zone-bar" aria-hidden="true">
      ${zones.map(
        ({ name, seconds }) => html`<i style="flex-grow:${seconds};background:var(--zone-${name})"></i>`,
      )}
    </div>
    <ul class="legend" aria-label=${text(formats.language, "workout_zones")}>
      ${zones.map(
        ({ name, seconds }) =>
          html`<li>
            <i class="swatch" style="background:var(--zone-${name})"></i>
            ${text(formats.language, name)}
            <span>${formats.seconds(seconds)}</span>
          </li>`,
      )}
    </ul>
  `;
}
