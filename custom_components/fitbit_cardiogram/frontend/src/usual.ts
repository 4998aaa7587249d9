/** Words for how a number compares to what is usual for this person. */

import type { Formats } from "./formats";
import type { HassEntity } from "./hass";
import { text } from "./texts";

/** Say how an entity's value compares: "2 below your usual"; undefined as long as nobody knows what is usual. */
export function usualText({ attributes }: HassEntity, formats: Formats): string | undefined {
  const { compared_to_usual: compared, difference } = attributes;
  if (compared !== "lower" && compared !== "usual" && compared !== "higher") return undefined;
  const apart = Math.round(Math.abs(Number(difference)));
  return compared !== "usual" && apart
    ? text(formats.language, `usual_${compared}`, { difference: formats.number(apart) })
    : text(formats.language, "usual");
}
