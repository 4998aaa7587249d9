/** The chart's colours, as the theme has them at the moment. */

import { css, unsafeCSS } from "lit";
import { DEFAULTS, STAGES } from "./palette";

const ROLES = [
  "below",
  "light",
  "moderate",
  "vigorous",
  "peak",
  "custom",
  "line",
  "resting",
  "workout",
  "sleep",
  "high",
  "low",
  "text",
  "grid",
  "ground",
] as const;

export type Colours = Record<(typeof ROLES)[number], string>;

function stageColours(): string {
  const all = Object.entries(STAGES);
  return all
    .map(([name, colour]) => `--stage-${name}: var(--fitbit-cardiogram-${name}-sleep-color, ${colour});`)
    .join("");
}

/** A theme may set each `--fitbit-cardiogram-…-color`. */
export const colourStyles = css`
  :host {
    --zone-below: var(--fitbit-cardiogram-below-color, ${unsafeCSS(DEFAULTS.below)});
    --zone-light: var(--fitbit-cardiogram-light-color, ${unsafeCSS(DEFAULTS.light)});
    --zone-moderate: var(--fitbit-cardiogram-moderate-color, ${unsafeCSS(DEFAULTS.moderate)});
    --zone-vigorous: var(--fitbit-cardiogram-vigorous-color, ${unsafeCSS(DEFAULTS.vigorous)});
    --zone-peak: var(--fitbit-cardiogram-peak-color, ${unsafeCSS(DEFAULTS.peak)});
    --zone-custom: var(--fitbit-cardiogram-custom-color, ${unsafeCSS(DEFAULTS.custom)});
    --zone-line: var(--fitbit-cardiogram-line-color, ${unsafeCSS(DEFAULTS.line)});
    --zone-resting: var(--fitbit-cardiogram-resting-color, ${unsafeCSS(DEFAULTS.resting)});
    --zone-workout: var(--fitbit-cardiogram-workout-color, ${unsafeCSS(DEFAULTS.workout)});
    --zone-sleep: var(--fitbit-cardiogram-sleep-color, ${unsafeCSS(DEFAULTS.sleep)});
    ${unsafeCSS(stageColours())}
    --zone-high: var(--fitbit-cardiogram-high-color, var(--error-color, #db4437));
    --zone-low: var(--fitbit-cardiogram-low-color, var(--info-color, #039be5));
    --zone-text: var(--secondary-text-color, #727272);
    --zone-grid: var(--divider-color, rgba(127, 127, 127, 0.2));
    --zone-ground: var(--ha-card-background, var(--card-background-color, #fff));
  }
`;

export function coloursOf(element: Element): Colours {
  const style = getComputedStyle(element);
  return Object.fromEntries(
    ROLES.map((role) => [role, style.getPropertyValue(`--zone-${role}`).trim()]),
  ) as Colours;
}

/** Return the colour of a zone; a person's own zones share one. */
export function zoneColour(colours: Colours, { name, custom }: { name: string; custom: boolean }): string {
  return custom ? colours.custom : (colours[name as keyof Colours] ?? colours.custom);
}

/** Return a colour that lets through what is behind it; never wholly, or gradients would pass through black. */
export function faded(colour: string, share: number): string {
  return `color-mix(in srgb, ${colour} ${Math.max(share * 100, 0.4)}%, transparent)`;
}
