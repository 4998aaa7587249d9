import { expect, test } from "vitest";
import {
  binFor,
  covers,
  DAY,
  HOUR,
  moved,
  planFor,
  RANGE_NAMES,
  RANGES,
  rangeOf,
  within,
  zoomed,
} from "../../custom_components/fitbit_cardiogram/frontend/src/ranges";

const NOW = 1_795_000_000;
const last = (span: number) => ({ start: NOW - span, end: NOW });

test("up to a day every sample is asked for, then ever wider buckets, and from a month on civil days", () => {
  const asked = RANGE_NAMES.map((name) => {
    const { width, daily } = planFor(last(RANGES[name]), 600, NOW);
    return [name, width, daily];
  });
  expect(asked).toEqual([
    ["1h", undefined, false],
    ["6h", undefined, false],
    ["12h", undefined, false],
    ["24h", undefined, false],
    ["3d", 900, false],
    ["7d", 1800, false],
    ["30d", undefined, true],
    ["90d", undefined, true],
    ["1y", undefined, true],
  ]);
});

test("a view and what is beside it is asked for, in whole buckets, and what is about to come", () => {
  const past = { start: NOW - 40 * DAY, end: NOW - 33 * DAY };
  const plan = planFor(past, 600, NOW);
  expect(plan.start).toBeLessThan(past.start - DAY);
  expect(plan.end).toBeGreaterThan(past.end + DAY);
  expect([plan.start % 1800, plan.end % 1800]).toEqual([0, 0]);
  expect(planFor(last(DAY), 600, NOW).end).toBe(NOW + DAY);
  expect(planFor({ start: 0, end: DAY }, 600, NOW).start).toBe(0);
});

test("what is here already is not asked for again", () => {
  const day = planFor(last(DAY), 600, NOW);
  const closer = last(6 * HOUR);
  expect(covers(day, closer, planFor(closer, 600, NOW))).toBe(true);
  const later = { start: NOW - DAY + 600, end: NOW + 600 };
  expect(covers(day, later, planFor(later, 600, NOW + 600))).toBe(true);
  const earlier = moved(last(DAY), -0.8);
  expect(covers(day, earlier, planFor(earlier, 600, NOW))).toBe(false);
  const week = last(7 * DAY);
  expect(covers(planFor(last(3 * DAY), 600, NOW), week, planFor(week, 600, NOW))).toBe(false);
});

test("samples are put in bins where they are more than the pixels", () => {
  expect(binFor(300, HOUR, 600)).toBe(0);
  expect(binFor(17_280, DAY, 600)).toBe(240);
  expect(binFor(17_280, DAY, 1200)).toBe(120);
  expect(binFor(50_000, DAY, 50)).toBe(600);
});

test("a view is never in the future, and neither too short nor too long", () => {
  expect(within({ start: NOW, end: NOW + DAY }, NOW)).toEqual(last(DAY));
  expect(within({ start: NOW - 10, end: NOW }, NOW)).toEqual({ start: NOW - 120, end: NOW });
  expect(within({ start: -1e9, end: NOW }, NOW).start).toBeGreaterThan(0);
  expect(within({ start: -DAY, end: 0 }, NOW)).toEqual({ start: 0, end: DAY });
});

test("zooming keeps what is under the finger where it is", () => {
  const view = zoomed({ start: 0, end: 1000 }, 0.5, 0.25);
  expect(view).toEqual({ start: 125, end: 625 });
  expect(zoomed(view, 2, 0.25)).toEqual({ start: 0, end: 1000 });
  expect(rangeOf({ start: 100, end: 100 + DAY })).toBe("24h");
  expect(rangeOf({ start: 100, end: 200 + DAY })).toBeUndefined();
});
