/** Words for how a number compares to what is usual for this person. */

import { accountOf, entitiesOf } from "./account";
import type { Formats } from "./formats";
import type { Hass, HassEntity } from "./hass";
import { text } from "./texts";

/** Say how an entity's value compares: "2 below your usual"; undefined as long as nobody knows what is usual. */
export function usualText({ attributes }: HassEntity, formats: Formats): string | undefined {
  const { compared_to_usual: compared, difference } = attributes;
  if (compared !== "lower" && compared !== "usual" && compared !== "higher") return undefined;
  return besideUsual(compared, Number(difference), formats);
}

/** Say where a value stands, by its difference from what is usual: "2 below your usual". */
export function besideUsual(
  place: "lower" | "usual" | "higher",
  difference: number,
  formats: Formats,
): string {
  const apart = Math.round(Math.abs(difference));
  return place !== "usual" && apart
    ? text(formats.language, `usual_${place}`, { difference: formats.number(apart) })
    : text(formats.language, "usual");
}

/** The resting heart rate of an account, which is looked for anew only where the entities have changed. */
export class RestingHeartRate {
  private seen: [Hass["entities"], Hass["devices"], string] | undefined;
  private id: string | undefined;

  /** Return its state, by the heart rate of the same account. */
  of(hass: Hass, heartRate: string): HassEntity | undefined {
    const now: [Hass["entities"], Hass["devices"], string] = [hass.entities, hass.devices, heartRate];
    if (!now.every((each, index) => each === this.seen?.[index])) {
      this.seen = now;
      const account = accountOf(hass, heartRate);
      this.id = account && entitiesOf(hass, account)["resting_heart_rate"]?.[0];
    }
    return this.id ? hass.states[this.id] : undefined;
  }
}
