/** How the forwarding to a destination stands, in a line. */

import type { DestinationState } from "./overview";
import type { Shown } from "./overview-card";

export type Mood = "fine" | "waits" | "trouble";

export interface Standing {
  mood: Mood;
  words: string;
  isToMend: boolean;
}

/** Say how the forwarding to a destination stands. */
export function standing(
  { hass, formats, say }: Pick<Shown, "hass" | "formats" | "say">,
  one: DestinationState,
): Standing {
  const pending = formats.number(one.pending);
  if (one.problem !== null) {
    const key = `component.fitbit_cardiogram.entity.binary_sensor.forwarding_problem.state_attributes.reason.state.${one.problem}`;
    const reason = hass.localize?.(key) || say("trouble");
    const again = one.retry_at === null ? "" : say("tried_again", { time: formats.moment(one.retry_at) });
    const waiting = one.pending ? say("waiting", { count: pending }) : "";
    const words = [reason, waiting, one.paused ? "" : again].filter(Boolean).join(" · ");
    return { mood: one.paused ? "trouble" : "waits", words, isToMend: one.paused };
  }
  if (one.quarantined)
    return {
      mood: "trouble",
      words: say("refused", { count: formats.number(one.quarantined) }),
      isToMend: true,
    };
  if (one.pending)
    return {
      mood: "waits",
      words: say(one.automatic ? "on_the_way" : "waits_for_hand", { count: pending }),
      isToMend: false,
    };
  if (one.last_delivery === null) return { mood: "fine", words: say("nothing_sent"), isToMend: false };
  const words = say("all_sent", {
    count: formats.number(one.delivered),
    time: formats.ago(one.last_delivery),
  });
  return { mood: "fine", words, isToMend: false };
}
