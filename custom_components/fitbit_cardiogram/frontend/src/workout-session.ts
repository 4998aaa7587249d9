/** A workout as a session: its figures, and the time in each zone. */

import { html, nothing } from "lit";
import type { Workout } from "./contract";
import { exerciseIcon, exerciseName } from "./exercises";
import type { Formats } from "./formats";
import { type Session, spanOf } from "./sessions";
import { text } from "./texts";
import { ZONES } from "./zones";

export function workoutSession(workout: Workout): Session {
  const { id, type, start, end } = workout;
  const name = (language: string) => exerciseName(language, type);
  return {
    id: `workout-${id}`,
    look: "workout",
    start,
    end,
    icon: exerciseIcon(type),
    source: workout,
    name,
    label: (formats) =>
      end === null ? name(formats.language) : `${name(formats.language)} ${formats.seconds(end - start)}`,
    at: name,
    when: (formats, now) => when(formats, workout, now),
    figures: (formats) => {
      const number = (bpm: number | null) => (bpm === null ? null : formats.number(bpm));
      const drop = (bpm: number | null) => (bpm === null ? null : formats.change(-bpm));
      return [
        ["lowest", number(workout.lowest)],
        ["mean", number(workout.mean)],
        ["highest", number(workout.highest)],
        ["recovery", drop(workout.recovery)],
        ["recovery_120", drop(workout.recovery_120)],
      ];
    },
    below: (formats) => zoneBar(formats, workout),
  };
}

/** Say when a workout was, and for how long. */
function when(formats: Formats, workout: Workout, now: number): string {
  const { start, end } = spanOf(workout, now);
  return workout.end === null
    ? `${formats.dayAndTime(start)}, ${text(formats.language, "workout_running")}`
    : `${formats.period(start, end)}, ${formats.seconds(end - start)}`;
}

/** Render the time in each zone, as a bar and in words. */
function zoneBar(formats: Formats, workout: Workout) {
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
