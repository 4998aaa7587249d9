import { expect, test } from "vitest";
import { DEFAULTS, STAGES } from "../../custom_components/fitbit_cardiogram/frontend/src/palette";

/** The cards of Home Assistant's own themes, by day and by night. */
const GROUNDS = ["#ffffff", "#1c1c1c"];

function luminance(colour: string): number {
  const parts = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255);
  const [red, green, blue] = parts.map((part) =>
    part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4,
  ) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dark, bright] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (bright + 0.05) / (dark + 0.05);
}

test("sleep and its stages can be told from the card, light or dark", () => {
  for (const colour of [DEFAULTS.sleep, DEFAULTS.workout, ...Object.values(STAGES)])
    for (const ground of GROUNDS) expect([colour, contrast(colour, ground) >= 3]).toEqual([colour, true]);
});
