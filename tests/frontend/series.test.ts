import { expect, test } from "vitest";
import { stepped } from "../../custom_components/fitbit_cardiogram/frontend/src/day-picker";
import {
  counted,
  lastDays,
  levelOf,
  scaleOf,
  weekMeans,
} from "../../custom_components/fitbit_cardiogram/frontend/src/series";

test("the last days begin with the first that has a value", () => {
  expect(lastDays({ values: [1, null, null, 4, 5] }, 4)).toEqual({ from: 3, values: [4, 5] });
  expect(lastDays({ values: [null, null] }, 4)).toEqual({ from: 0, values: [null, null] });
});

test("a mean is of seven days, of which three have a value", () => {
  expect(weekMeans([1, null, 2, 3, null, null, null, null, null, null])).toEqual([
    ...[null, null, null, 2, 2, 2, 2],
    ...[null, null, null],
  ]);
});

test("an axis shows all values, around them, and makes no drama of one beat", () => {
  expect(scaleOf([57, 58], 20)).toEqual({ low: 50, high: 70 });
  for (const values of [[40, 90], [56, 60, 75], [1, 2], [199.6]]) {
    const { low, high } = scaleOf(values, 20);
    expect([low <= Math.min(...values), high >= Math.max(...values), low >= 0]).toEqual([true, true, true]);
    expect((high - low) % 5).toBe(0);
  }
});

test("days are told by how far they are from the usual", () => {
  const usual: [number, number, number] = [56, 57, 59];
  expect([50, 55, 56, 59, 60, 63].map((value) => levelOf(value, usual))).toEqual([-2, -1, 0, 0, 1, 2]);
  const column = { values: [50, 57, null, 63, 57], usual: [usual, usual, usual, usual, null] };
  expect(counted(column)).toEqual({ lower: 1, usual: 1, higher: 1 });
});

test("keys go from day to day and week to week, and not beyond the ends", () => {
  expect(["ArrowLeft", "ArrowUp", "Home", "End", "a"].map((key) => stepped(key, 10, 14, 7))).toEqual([
    ...[3, 9, 0, 13],
    undefined,
  ]);
  expect([stepped("ArrowRight", 10, 14, 7), stepped("ArrowLeft", undefined, 14, 1)]).toEqual([13, 12]);
});
