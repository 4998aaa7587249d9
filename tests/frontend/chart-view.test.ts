import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ChartView } from "../../custom_components/fitbit_cardiogram/frontend/src/chart-view";
import { DAY, HOUR } from "../../custom_components/fitbit_cardiogram/frontend/src/ranges";

const NOW = Date.UTC(2026, 10, 21) / 1000;
let view: ChartView;
let changes = 0;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW * 1000 });
  changes = 0;
  view = new ChartView(() => changes++);
  view.showLast("24h");
});

afterEach(() => {
  vi.useRealTimers();
});

test("back and forward go exactly one range, and never into the future", () => {
  view.move(-1);
  expect(view.shown).toEqual({ view: { start: NOW - 2 * DAY, end: NOW - DAY }, isLive: false });
  view.move(-1);
  view.move(1);
  expect(view.view).toEqual({ start: NOW - 2 * DAY, end: NOW - DAY });
  view.move(1);
  view.move(1);
  expect(view.shown).toEqual({ view: { start: NOW - DAY, end: NOW }, isLive: true });
  expect(changes).toBe(6);
});

test("what goes with the present goes on with the clock, in any range", () => {
  vi.setSystemTime((NOW + 600) * 1000);
  view.follow();
  expect(view.view.end).toBe(NOW + 600);
  view.choose("7d");
  expect(view.shown).toEqual({ view: { start: NOW + 600 - 7 * DAY, end: NOW + 600 }, isLive: true });
  view.zoom(0.5, 0.95);
  expect([view.view.end, view.isLive]).toEqual([NOW + 600, true]);
});

test("the past stays where it is, and another range ends where it did", () => {
  view.move(-1);
  view.choose("1h");
  expect(view.view).toEqual({ start: NOW - DAY - HOUR, end: NOW - DAY });
  vi.setSystemTime((NOW + 600) * 1000);
  view.follow();
  expect(view.view.end).toBe(NOW - DAY);
  view.zoom(2);
  expect(view.view).toEqual({ start: NOW - DAY - 1.5 * HOUR, end: NOW - DAY + HOUR / 2 });
  view.toNow();
  expect([view.view.end, view.isLive]).toEqual([NOW + 600, true]);
});

test("what was shown comes back, with the present if it went with it", () => {
  const { shown } = view;
  view.toTime(NOW - 9 * DAY);
  expect(view.isLive).toBe(false);
  const past = view.shown;
  view.showLast("1h");
  view.restore(past);
  expect(view.shown).toEqual(past);
  vi.setSystemTime((NOW + 60) * 1000);
  view.restore(shown);
  expect(view.shown).toEqual({ view: { start: NOW + 60 - DAY, end: NOW + 60 }, isLive: true });
});
