/** The last workouts as sentences: when, how long, how hard, and how the heart came down. */

import { html, nothing } from "lit";
import type { Workout } from "./contract";
import { exerciseIcon, exerciseName } from "./exercises";
import type { Formats } from "./formats";
import { text } from "./texts";
import { ZONES } from "./zones";

export function workoutList(workouts: Workout[], formats: Formats) {
  const { language } = formats;
  return html`
    <header><h2>${text(language, "workouts")}</h2></header>
    <ul class="workouts">
      ${workouts.map((workout) => {
        const { type, start, end, mean, highest, recovery } = workout;
        const length = end === null ? "" : ` · ${formats.seconds(end - start)}`;
        return html`<li style="--colour:var(--zone-${hardest(workout)})">
          <ha-icon icon=${exerciseIcon(type)}></ha-icon>
          <div>
            <b>${exerciseName(language, type)}</b>
            <small>${formats.nearDay(start)}, ${formats.time(start)}${length}</small>
          </div>
          <div class="figures">
            ${
              mean === null || highest === null
                ? nothing
                : html`<span>
                    ${text(language, "workout_rates", { mean: formats.number(mean), highest: formats.number(highest) })}
                  </span>`
            }
            ${
              recovery === null
                ? nothing
                : html`<small
                    >${text(language, "workout_recovery", { drop: formats.change(-recovery) })}</small
                  >`
            }
          </div>
        </li>`;
      })}
    </ul>
  `;
}

/** Return the zone in which most of a workout was. */
function hardest({ zones }: Workout): string {
  const known = ZONES.map((name) => ({ name, seconds: zones[name] ?? 0 }));
  return known.reduce((best, one) => (one.seconds > best.seconds ? one : best)).name;
}
