import { expect, test } from "vitest";
import { Formats } from "../../custom_components/fitbit_cardiogram/frontend/src/formats";
import type { Locale } from "../../custom_components/fitbit_cardiogram/frontend/src/hass";
import { noonOf } from "../../custom_components/fitbit_cardiogram/frontend/src/ranges";
import { bpmBounds, ticks } from "../../custom_components/fitbit_cardiogram/frontend/src/ticks";
import { ZoneTime } from "../../custom_components/fitbit_cardiogram/frontend/src/zone-time";

const locale = (changes: Partial<Locale> = {}): Locale => ({
  language: "en",
  number_format: "language",
  time_format: "language",
  time_zone: "server",
  first_weekday: "language",
  ...changes,
});
const formats = (changes: Partial<Locale> = {}, zone = "Europe/Berlin") => new Formats(locale(changes), zone);
const utc = (moment: string) => Date.parse(`${moment}Z`) / 1000;
/** What the formatter puts between is of no interest. */
const plain = (said: string) => said.replace(/[\u2009\u202f\u00a0]/g, " ");

test("clocks are known on both sides of their changes", () => {
  const zone = new ZoneTime("Europe/Berlin");
  expect(zone.offset(utc("2026-10-25T00:59"))).toBe(7200);
  expect(zone.offset(utc("2026-10-25T01:00"))).toBe(3600);
  expect(zone.midnight(utc("2026-10-25T12:00"))).toBe(utc("2026-10-24T22:00"));
  expect(zone.midnight(utc("2026-10-26T12:00"))).toBe(utc("2026-10-25T23:00"));
  expect(new ZoneTime("Asia/Kathmandu").offset(0 + utc("2026-01-01T00:00"))).toBe(20_700);
  expect(new ZoneTime("UTC").offset(0)).toBe(0);
});

test("times are said as the person reads them", () => {
  const noon = utc("2026-11-21T14:05:09");
  expect(formats({ language: "de" }).time(noon)).toBe("15:05");
  expect(plain(formats({ language: "en" }).time(noon))).toBe("3:05 PM");
  expect(formats({ language: "en", time_format: "24" }).second(noon)).toBe("15:05:09");
  expect(plain(formats({ language: "de", time_format: "12" }).time(noon))).toMatch(/^3:05/);
  expect(formats({ language: "de" }).day(noon)).toBe("Sa., 21. Nov.");
  expect(plain(formats({ language: "en-GB" }).days(noon, noon + 86_400))).toMatch(/^Sat,? 21 .*22 Nov$/);
});

test("a day of the account has its name also for who lives elsewhere", () => {
  const berlin = { start: utc("2026-11-21T23:00"), end: utc("2026-11-22T23:00") };
  for (const zone of ["Europe/Berlin", "UTC", "America/Los_Angeles", "Asia/Tokyo"])
    expect(formats({ language: "de" }, zone).day(noonOf(berlin))).toBe("So., 22. Nov.");
});

test("numbers are said as the person reads them", () => {
  expect(formats({ number_format: "none" }).number(12_345.6)).toBe("12346");
  expect(formats({ number_format: "decimal_comma" }).number(12_345)).toBe("12.345");
  expect(formats({ number_format: "comma_decimal", language: "de" }).number(12_345)).toBe("12,345");
  expect(formats({ language: "de" }).minutes(34)).toMatch(/^34 Min/);
  expect(formats({ language: "de" }).minutes(204)).toMatch(/^3,4 Std/);
  expect(formats().minutes(60_000)).toMatch(/^1,000 h/);
});

test("marks stand at whole hours of the person's clock, and midnight says the day", () => {
  const view = { start: utc("2026-11-21T15:10"), end: utc("2026-11-22T15:10") };
  const labels = ticks(view, 6 * 3600, formats({ language: "en-GB" })).map(({ label }) => label);
  expect(labels).toEqual(["18:00", "22 Nov", "06:00", "12:00"]);
  const odd = ticks(view, 6 * 3600, formats({ language: "en-GB" }, "Asia/Kathmandu"));
  expect(odd.map(({ label }) => label)).toEqual(["22 Nov", "06:00", "12:00", "18:00"]);
});

test("the hour that comes twice, and the one that never comes, upset no mark", () => {
  const spans = [
    { start: utc("2026-10-24T22:00"), end: utc("2026-10-25T23:00") },
    { start: utc("2026-03-28T23:00"), end: utc("2026-03-29T22:00") },
  ];
  for (const view of spans) {
    const times = ticks(view, 3600, formats()).map(({ time }) => time);
    expect(times).toEqual([...new Set(times)].sort((one, other) => one - other));
    expect(times.length).toBeGreaterThan(21);
  }
});

test("weeks begin on the person's first day, months and years on their first", () => {
  const view = { start: utc("2026-08-01T00:00"), end: utc("2026-11-22T00:00") };
  const weekdays = (first: string) =>
    new Set(
      ticks(view, 7 * 86_400, formats({ first_weekday: first }, "UTC")).map(({ time }) =>
        new Date(time * 1000).getUTCDay(),
      ),
    );
  expect([...weekdays("monday")]).toEqual([1]);
  expect([...weekdays("saturday")]).toEqual([6]);
  const year = { start: utc("2025-11-22T00:00"), end: utc("2026-11-22T00:00") };
  expect(ticks(year, 80 * 86_400, formats()).map(({ label }) => label)).toEqual([
    "2026",
    "Apr",
    "Jul",
    "Oct",
  ]);
  expect(
    ticks({ start: utc("2015-03-01T00:00"), end: utc("2026-01-02T00:00") }, 700 * 86_400, formats()).map(
      ({ label }) => label,
    ),
  ).toEqual(["2016", "2018", "2020", "2022", "2024", "2026"]);
});

test("the axis of heart rates is of whole tens, and never too narrow", () => {
  expect(bpmBounds(52, 151)).toEqual([40, 160]);
  for (const [min, max] of [
    [60, 62],
    [68, 99],
    [3, 5],
    [40, 220],
  ] as const) {
    const [low, high] = bpmBounds(min, max);
    expect(high - low).toBeGreaterThanOrEqual(40);
    expect(low).toBeLessThanOrEqual(min);
    expect(high).toBeGreaterThan(max);
  }
});
