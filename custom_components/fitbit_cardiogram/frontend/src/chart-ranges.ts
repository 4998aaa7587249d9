/** The buttons that lead through time: a few ranges, one range back or forward, and to now. */

import { html } from "lit";
import type { ChartView } from "./chart-view";
import type { Formats } from "./formats";
import { BACK, FORWARD, TO_NOW } from "./icons";
import { CHOICES, rangeOf } from "./ranges";
import { type TextKey, text } from "./texts";

export function rangeButtons(
  formats: Formats,
  view: ChartView,
  choose: (range: (typeof CHOICES)[number]) => void,
) {
  const say = (key: TextKey) => text(formats.language, key);
  const shown = rangeOf(view.view);
  const round = (key: TextKey, icon: unknown, act: () => void, isOff = false) => html`
    <button class="round ${key}" aria-label=${say(key)} title=${say(key)} ?disabled=${isOff} @click=${act}>
      ${icon}
    </button>
  `;
  return html`
    <div class="steps">
      ${round("back", BACK, () => view.move(-1))}
      <div class="ranges" role="group" aria-label=${say("ranges")}>
        ${CHOICES.map(
          (range) =>
            html`<button aria-pressed=${range === shown} @click=${() => choose(range)}>
              ${say(`range_${range}`)}
            </button>`,
        )}
      </div>
      ${round("forward", FORWARD, () => view.move(1), view.isLive)}
      ${round("now", TO_NOW, () => view.toNow(), view.isLive)}
    </div>
  `;
}
