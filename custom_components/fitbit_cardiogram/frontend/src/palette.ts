/** The colours of the cards, unless a theme has others. */

export const DEFAULTS = {
  below: "#5b8def",
  light: "#17a398",
  moderate: "#f2a51a",
  vigorous: "#f26430",
  peak: "#d81e5b",
  custom: "#8e6bd8",
  line: "#e23e57",
  resting: "#6a7fdb",
  workout: "#7a6f9b",
} as const;
