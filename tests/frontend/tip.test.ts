import { expect, test } from "vitest";
import {
  columnsOfBuckets,
  columnsOfSamples,
} from "../../custom_components/fitbit_cardiogram/frontend/src/columns";
import { Formats } from "../../custom_components/fitbit_cardiogram/frontend/src/formats";
import { nightSession } from "../../custom_components/fitbit_cardiogram/frontend/src/night-session";
import { type Point, tipText, valuesAt } from "../../custom_components/fitbit_cardiogram/frontend/src/tip";
import { workoutSession } from "../../custom_components/fitbit_cardiogram/frontend/src/workout-session";

const NOON = Date.UTC(2026, 10, 14, 12) / 1000;
const formats = new Formats(
  {
    ...{ language: "en", number_format: "language", time_format: "24" },
    ...{ time_zone: "server", first_weekday: "language" },
  },
  "UTC",
);
const NOTHING = { zones: [], sessions: [], alerts: [] };
const POINT: Point = { from: NOON, to: NOON, min: 70, mean: 70, max: 70, ...NOTHING };

/** Intl separates with spaces of several sorts. */
const said = (point: Partial<Point>) => tipText(formats, { ...POINT, ...point }).replaceAll(/\s/g, " ");

test("a sample is said with its second, and what stands for many with its period and its range", () => {
  expect(said({})).toBe("Sat, Nov 14, 12:00:00: 70 bpm");
  expect(said({ to: NOON + 900, min: 64, max: 81 })).toMatch(/12:00 – 12:15: 64 to 81, mean 70$/);
  expect(said({ from: NOON - 43200, to: NOON + 43200 })).toBe("Sat, Nov 14: 70 bpm");
});

test("what is known of a point is said after it: zones, sessions, alerts", () => {
  const figures = { lowest: null, mean: null, highest: null, recovery: null, recovery_120: null };
  const run = { id: "1", type: "RUNNING", start: NOON, end: NOON + 600, final: true, zones: {}, ...figures };
  const bounds = { min: 1, max: 2, minutes: null };
  const point = said({
    zones: [
      { name: "light", custom: false, ...bounds },
      { name: "Mine", custom: true, ...bounds },
    ],
    sessions: [workoutSession(run)],
    alerts: [{ kind: "high", limit: 60, start: NOON, end: NOON + 1200, extreme: 71 }],
  });
  expect(point).toMatch(/70 bpm. Light. Mine. Run. Above 60 for 20 min, up to 71$/);
});

test("in sleep the stage is said, and no zone but the person's own", () => {
  const figures = { asleep: 600, mean: null, lowest: null, lowest_at: null, dip: null };
  const stages = [{ type: "LIGHT", start: NOON, end: NOON + 600 }];
  const times = { day: "2026-11-14", start: NOON, end: NOON + 600, final: true, stages };
  const bounds = { min: 1, max: 2, minutes: null };
  const point = said({
    zones: [
      { name: "light", custom: false, ...bounds },
      { name: "Mine", custom: true, ...bounds },
    ],
    sessions: [nightSession({ id: "1", type: "nap", ...times, ...figures })],
  });
  expect(point).toMatch(/70 bpm. Mine. Nap: Light$/);
});

test("a gap has no values", () => {
  const columns = columnsOfSamples({ time: [0, 1000], value: [60, 61] }, 300);
  const gap = columns.mean.indexOf(null);
  expect([valuesAt(columns, gap), valuesAt(columns, 0)?.mean]).toEqual([undefined, 60]);
  const buckets = columnsOfBuckets({ time: [0], min: [50], mean: [60], max: [70], count: [9] }, 60);
  expect(valuesAt(buckets, 0)).toEqual({ from: 0, to: 60, min: 50, mean: 60, max: 70 });
});

test("a day says what its hours were like, and how many of them were beyond a limit", () => {
  const point = said({
    ...{ from: NOON - 43200, to: NOON + 43200, min: 48, mean: 74, max: 165 },
    day: { band: [57.4, 88], resting: 57, beyond: { high: 2, low: 0 } },
  });
  expect(point).toMatch(
    /mean 74. Resting 57. Hourly means: 57 to 88 \(10–90 %\). Lowest 48, highest 165. Hours above the limit: 2$/,
  );
});

test("an alert that stands for whole hours says so", () => {
  const hours = { start: NOON, end: NOON + 7200, hourly: true };
  expect(said({ alerts: [{ kind: "high", limit: 60, extreme: 71, ...hours }] })).toMatch(
    /Above 60 within 2 hr, up to 71$/,
  );
});
