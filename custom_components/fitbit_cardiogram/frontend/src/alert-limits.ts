/** The limits of the alerts: Home Assistant sets one after the other, and refuses a low one that is not below. */

import type { Kind } from "./alert-automation";
import type { Limits } from "./overview";

/** In bpm; 0 is none. */
export type Wanted = Record<Kind, number>;

export function areCrossed({ high, low }: Wanted): boolean {
  return high > 0 && low >= high;
}

/** Return the limits that change, in an order in which they are never crossed. */
export function changes(wanted: Wanted, before: Limits): (readonly [Kind, number])[] {
  const isBelowBoth = wanted.high > 0 && wanted.high <= (before.low ?? 0);
  const kinds: Kind[] = isBelowBoth ? ["low", "high"] : ["high", "low"];
  return kinds
    .map((kind) => [kind, wanted[kind]] as const)
    .filter(([kind, bpm]) => bpm !== (before[kind] ?? 0));
}
