import { expect, test } from "vitest";
import { PALETTES, STAGES } from "../../custom_components/fitbit_cardiogram/frontend/src/palette";

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

/** The least contrast that the guidelines for accessible pages ask for: of shapes, and of small letters. */
const [SHAPES, LETTERS] = [3, 4.5];

/** What is never written in small letters. */
const NO_WORDS = ["below", "moderate"];

test.each(["light", "dark"] as const)(
  "each colour can be told from a %s card, and words can be read",
  (name) => {
    const { paper, grid: _, ...palette } = PALETTES[name];
    for (const [role, colour] of Object.entries(palette)) {
      const least = NO_WORDS.includes(role) ? SHAPES : LETTERS;
      expect([role, colour, contrast(colour, paper) >= least]).toEqual([role, colour, true]);
    }
  },
);

test("the stages of sleep can be told from a light and from a dark card", () => {
  for (const colour of Object.values(STAGES))
    for (const { paper } of Object.values(PALETTES))
      expect([colour, contrast(colour, paper) >= SHAPES]).toEqual([colour, true]);
});
