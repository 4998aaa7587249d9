import { expect, test } from "vitest";
import type { Day, Zone } from "../../custom_components/fitbit_cardiogram/frontend/src/contract";
import {
  colourSteps,
  scaleOf,
  timesInZones,
  timesOfDays,
  zonesAt,
} from "../../custom_components/fitbit_cardiogram/frontend/src/zones";

const DAY = 86_400;
const zone = (name: string, min: number | null, max: number | null, minutes: number | null = 10): Zone => ({
  name,
  custom: name === "My zone",
  min,
  max,
  minutes,
});
const day = (index: number, ...zones: Zone[]): Day => ({
  start: index * DAY,
  end: (index + 1) * DAY,
  resting: 60,
  zones,
});
const ALL = { start: 0, end: 9 * DAY };

test("the scale has the last day's zones with limits, and not the everyday one", () => {
  const days = [
    day(0, zone("peak", 180, null)),
    day(
      1,
      zone("light", null, 114),
      zone("peak", 170, null),
      zone("My zone", 90, 100),
      zone("vigorous", null, null),
    ),
    day(2),
  ];
  expect(scaleOf(days, ALL).map(({ name, min }) => [name, min])).toEqual([
    ["peak", 170],
    ["My zone", 90],
  ]);
  expect(scaleOf([], ALL)).toEqual([]);
});

test("a heart rate is in the zones of its day, its person's own among them", () => {
  const days = [
    day(0, zone("light", null, 114), zone("moderate", 115, 139), zone("My zone", 100, 130)),
    day(1, zone("light", null, 120)),
  ];
  const names = (time: number, bpm: number) => zonesAt(days, time, bpm).map(({ name }) => name);
  expect(names(5, 114.4)).toEqual(["light", "My zone"]);
  expect(names(5, 114.6)).toEqual(["moderate", "My zone"]);
  expect(names(DAY, 118)).toEqual(["light"]);
  expect(names(3 * DAY, 118)).toEqual([]);
});

test("the time in zones is that of the days that are in view for the most part", () => {
  const days = [
    day(0, zone("peak", 170, null, 5), zone("light", null, 114, 100)),
    day(1, zone("peak", 170, null, null), zone("light", null, 114, 200)),
  ];
  const times = (start: number, end: number) =>
    timesOfDays(days, { start, end }).map(({ name, minutes }) => [name, minutes]);
  expect(times(0, 2 * DAY)).toEqual([
    ["light", 300],
    ["peak", 5],
  ]);
  expect(times(0.9 * DAY, 1.9 * DAY)).toEqual([
    ["light", 200],
    ["peak", null],
  ]);
  expect(timesOfDays([], ALL)).toEqual([]);
});

test("where samples are there, each counts within the view, by the limits of its day, for a minute at most", () => {
  const days = [
    day(0, zone("light", null, 114), zone("peak", 170, null), zone("My zone", 110, 180)),
    day(1, zone("light", null, 180)),
  ];
  const time = [DAY - 90, DAY - 60, DAY - 30, DAY + 200, DAY + 230];
  const samples = { time, value: [175, 112, 175, 175, 200] };
  const times = (start: number, end: number, gap = 300) =>
    timesInZones(samples, days, { start, end }, gap).map(({ name, minutes }) => [name, minutes]);
  expect(times(DAY - 60, DAY + 260)).toEqual([
    ["light", 1],
    ["peak", 1],
    ["My zone", 1.5],
  ]);
  expect(times(DAY - 40, DAY, 1800)).toEqual([
    ["light", 0],
    ["peak", 230 / 60],
    ["My zone", 230 / 60],
  ]);
});

test("the line changes its colour where the last day's zones do", () => {
  const days = [
    day(0, zone("light", 90, 114)),
    day(1, zone("peak", 170, null), zone("light", 95, 114), zone("My zone", 100, 120)),
  ];
  expect(colourSteps(days, ALL)).toEqual([
    { from: 95, name: "light" },
    { from: 170, name: "peak" },
  ]);
});
