import { expect, test } from "vitest";
import { ChartSessions } from "../../custom_components/fitbit_cardiogram/frontend/src/chart-sessions";
import { type Sum, summary } from "../../custom_components/fitbit_cardiogram/frontend/src/chart-words";
import { Formats } from "../../custom_components/fitbit_cardiogram/frontend/src/formats";

const NOON = Date.UTC(2026, 10, 14, 12) / 1000;
const formats = new Formats(
  {
    ...{ language: "en", number_format: "language", time_format: "24" },
    ...{ time_zone: "server", first_weekday: "language" },
  },
  "UTC",
);
const zone = (name: string, minutes: number | null, custom = false) => ({ name, custom, minutes });
const SUM: Sum = {
  name: "Alex",
  view: { start: NOON, end: NOON + 3600 },
  extremes: { min: 48, mean: 74.2, max: 165 },
  ...{ resting: 57, usual: "2 below your usual", newest: undefined },
  zones: [
    zone("light", 40),
    zone("moderate", 12.4),
    zone("peak", 0.2),
    zone("vigorous", null),
    zone("Mine", 3, true),
  ],
};
const said = (sum: Partial<Sum>) =>
  summary(formats, { ...SUM, ...sum }, new ChartSessions()).replaceAll(/\s/g, " ");

test("the shown range is summed up, with its zones but the everyday one and those without time", () => {
  expect(said({})).toBe(
    "Heart rate of Alex, Sat, Nov 14, 12:00 – 13:00: lowest 48, mean 74, highest 165 beats per minute. " +
      "Resting heart rate 57, 2 below your usual. Moderate 12 min. Mine 3 min.",
  );
});

test("what is not known is not said", () => {
  expect(said({ extremes: undefined, resting: undefined, zones: [] })).toBe(
    "Heart rate of Alex, Sat, Nov 14, 12:00 – 13:00: none.",
  );
  expect(said({ newest: { bpm: 72, time: NOON } })).toContain("Newest: 72, Sat, Nov 14, 12:00.");
});
