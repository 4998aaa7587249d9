/** The chart's colours, as the theme has them at the moment. */

import { css, unsafeCSS } from "lit";
import { PALETTES, type Palette, STAGES } from "./palette";

/** What a theme may colour, each by its `--fitbit-cardiogram-…-color`. */
const THEMED = [
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
] as const;

const ROLES = [...THEMED, "text", "grid", "ground"] as const;

export type Colours = Record<(typeof ROLES)[number], string>;

function themed(palette: Palette): string {
  return THEMED.map(
    (role) => `--zone-${role}: var(--fitbit-cardiogram-${role}-color, ${palette[role]});`,
  ).join("");
}

function stageColours(): string {
  const all = Object.entries(STAGES);
  return all
    .map(([name, colour]) => `--stage-${name}: var(--fitbit-cardiogram-${name}-sleep-color, ${colour});`)
    .join("");
}

/** The colours of a card; a card has the attribute `dark` while the theme is dark. */
export const colourStyles = css`
  :host {
    ${unsafeCSS(themed(PALETTES.light) + stageColours())}
    --zone-text: var(--secondary-text-color, #727272);
    --zone-grid: var(--divider-color, rgba(127, 127, 127, 0.2));
    --zone-ground: var(--ha-card-background, var(--card-background-color, #fff));
  }
  :host([dark]) {
    ${unsafeCSS(themed(PALETTES.dark))}
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
