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
  sleep: "#5f7f9f",
} as const;

/** Of the stages of sleep; each can be told from a white and from a dark card. */
export const STAGES = {
  awake: "#c8753a",
  restless: "#b0745a",
  rem: "#2f93a5",
  light: "#7388d8",
  asleep: "#7388d8",
  deep: "#6a5acd",
  unknown: "#7f8590",
} as const;
