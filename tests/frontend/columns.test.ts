import { expect, test } from "vitest";
import {
  boundsOf,
  columnsOfBins,
  columnsOfBuckets,
  columnsOfDays,
  columnsOfSamples,
  cut,
  extremesOf,
  nearest,
  neighbour,
} from "../../custom_components/fitbit_cardiogram/frontend/src/columns";

const SAMPLES = { time: [0, 5, 10, 400, 405], value: [60, 62, 64, 80, 90] };

test("samples further apart than the gap have one between them", () => {
  const columns = columnsOfSamples(SAMPLES, 300);
  expect(columns.x).toEqual([0, 5, 10, 205, 400, 405]);
  expect(columns.mean).toEqual([60, 62, 64, null, 80, 90]);
  expect(columnsOfSamples(SAMPLES, 390).mean).not.toContain(null);
});

test("bins hold the lowest, the mean and the highest, and end at gaps", () => {
  const columns = columnsOfBins(SAMPLES, 1000, 300);
  expect(columns.min).toEqual([60, null, 80]);
  expect(columns.mean).toEqual([62, null, 85]);
  expect(columns.max).toEqual([64, null, 90]);
  expect(columns.count).toEqual([3, 0, 2]);
  expect([columns.from, columns.to]).toEqual([
    [0, 10, 400],
    [10, 400, 405],
  ]);
  expect(columnsOfBins(SAMPLES, 10, 1000).mean).toEqual([61, 64, 85]);
});

test("bins keep to their places as the view moves, and no sample is lost", () => {
  const time = Array.from({ length: 5000 }, (_, index) => index * 7);
  const samples = { time, value: time.map((each) => 60 + (each % 40)) };
  const all = columnsOfBins(samples, 60, 300);
  const part = columnsOfBins(cut(samples, { start: 6000, end: 12_000 }), 60, 300);
  expect(all.x).toEqual(expect.arrayContaining(part.x.slice(1, -1)));
  expect(all.count.reduce((sum, each) => sum + each, 0)).toBe(5000);
  expect(all.x).toEqual([...all.x].sort((one, other) => one - other));
});

test("one bucket may be missing, more are a gap", () => {
  const buckets = (time: number[]) => {
    const same = time.map(() => 70);
    return { time, min: same, mean: same, max: same, count: same };
  };
  expect(columnsOfBuckets(buckets([0, 60, 180]), 60).mean).toEqual([70, 70, 70]);
  expect(columnsOfBuckets(buckets([0, 60, 240]), 60).mean).toEqual([70, 70, null, 70]);
  expect(columnsOfBuckets(buckets([0, 60]), 60).x).toEqual([30, 90]);
});

test("days have the range of their hours as their band, and a missing one is a gap", () => {
  const [time, end] = [
    [0, 24, 72],
    [24, 48, 97],
  ];
  const three = (one: number, two: number, last: number) => [one, two, last];
  const days = columnsOfDays({
    ...{ time, end, count: three(10, 20, 30), min: three(40, 41, 42), max: three(150, 160, 170) },
    ...{ mean: three(70, 71, 72), p10: three(50, 51, 52), p90: three(90, 91, 92) },
    ...{ hours_high: three(0, 3, 0), hours_low: three(1, 0, 0) },
  });
  expect(days.mean).toEqual([70, 71, null, 72]);
  expect([days.low, days.high]).toEqual([
    [50, 51, null, 52],
    [90, 91, null, 92],
  ]);
  expect(days.hours).toEqual({ high: [0, 3, 0, 0], low: [1, 0, 0, 0] });
  expect([days.x[0], days.from[3], days.to[3]]).toEqual([12, 72, 97]);
  expect(extremesOf(days, { start: 0, end: 48 })).toMatchObject({ min: 40, max: 160 });
  expect(boundsOf(days, { start: 0, end: 48 }, true)).toEqual([50, 91]);
  expect(boundsOf(days, { start: 49, end: 200 }, false)).toEqual([72, 72]);
  expect(boundsOf(days, { start: 98, end: 99 }, false)).toBeUndefined();
});

test("only what is in view is counted, each sample alike", () => {
  const columns = columnsOfBins({ time: [0, 1, 2, 100, 101], value: [50, 60, 70, 100, 40] }, 50, 300);
  expect(extremesOf(columns, { start: 0, end: 50 })).toEqual({ min: 50, mean: 60, max: 70 });
  expect(extremesOf(columns, { start: 0, end: 200 })).toEqual({ min: 40, mean: 64, max: 100 });
  expect(extremesOf(columns, { start: 500, end: 600 })).toBeUndefined();
});

test("the cursor finds points, not gaps", () => {
  const columns = columnsOfSamples(SAMPLES, 300);
  expect(nearest(columns, -50)).toBe(0);
  expect(nearest(columns, 200)).toBe(2);
  expect(nearest(columns, 210)).toBe(4);
  expect(nearest(columns, 9999)).toBe(5);
  expect(neighbour(columns, 2, 1)).toBe(4);
  expect(neighbour(columns, 4, -1)).toBe(2);
  expect(neighbour(columns, 5, 1)).toBeUndefined();
  expect(nearest(columnsOfSamples({ time: [], value: [] }, 300), 5)).toBeUndefined();
});
