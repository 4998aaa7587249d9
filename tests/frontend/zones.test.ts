import { expect, test } from "vitest";
import type { Day, Zone } from "../../custom_components/fitbit_cardiogram/frontend/src/contract";
import {
  bandsOf,
  colourSteps,
  zonesAt,
  zoneTimes,
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

test("days with the same bounds share a band, and a new bound begins another", () => {
  const days = [
    day(0, zone("light", null, 114), zone("peak", 170, null)),
    day(1, zone("light", null, 114), zone("peak", 170, null)),
    day(2, zone("light", null, 120), zone("peak", 170, null)),
    day(4, zone("peak", 170, null)),
  ];
  const bands = bandsOf(days, ALL).map(({ start, end, zone: { name, max } }) => [
    name,
    max,
    start / DAY,
    end / DAY,
  ]);
  expect(bands).toEqual([
    ["light", 114, 0, 2],
    ["peak", null, 0, 3],
    ["light", 120, 2, 3],
    ["peak", null, 4, 5],
  ]);
  expect(bandsOf([day(0, zone("light", null, null))], ALL)).toEqual([]);
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

test("the time in zones is that of the days that are in view, or of the one that is most", () => {
  const days = [
    day(0, zone("peak", 170, null, 5), zone("light", null, 114, 100)),
    day(1, zone("peak", 170, null, null), zone("light", null, 114, 200)),
  ];
  const both = zoneTimes(days, { start: 0, end: 2 * DAY });
  expect(both?.zones.map(({ name, minutes }) => [name, minutes])).toEqual([
    ["light", 300],
    ["peak", 5],
  ]);
  const evening = zoneTimes(days, { start: 0.9 * DAY, end: 1.9 * DAY });
  expect([evening?.first, evening?.last]).toEqual([days[1], days[1]]);
  expect(evening?.zones.find(({ name }) => name === "peak")?.minutes).toBeNull();
  expect(zoneTimes(days, { start: 0, end: 3600 })?.first).toBe(days[0]);
  expect(zoneTimes([], ALL)).toBeUndefined();
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
