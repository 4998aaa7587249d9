import { expect, test } from "vitest";
import type { Night, Workout } from "../../custom_components/fitbit_cardiogram/frontend/src/contract";
import { exerciseIcon, exerciseName } from "../../custom_components/fitbit_cardiogram/frontend/src/exercises";
import { Formats } from "../../custom_components/fitbit_cardiogram/frontend/src/formats";
import { nightSession } from "../../custom_components/fitbit_cardiogram/frontend/src/night-session";
import {
  inView,
  labelWidth,
  lengthened,
  placed as placedOn,
  type Session,
  spanOf,
  viewOf,
} from "../../custom_components/fitbit_cardiogram/frontend/src/sessions";
import { workoutSession } from "../../custom_components/fitbit_cardiogram/frontend/src/workout-session";

const HOUR = 3600;
const DAY = 24 * HOUR;
const NOW = 100 * DAY;
const UNKNOWN = { lowest: null, mean: null, lowest_at: null, dip: null };

function workout(start: number, end: number | null = start + HOUR, type = "RUNNING"): Session {
  const figures = { lowest: null, mean: null, highest: null, recovery: null, recovery_120: null };
  const found: Workout = { id: `${start}`, type, start, end, final: end !== null, zones: {}, ...figures };
  return workoutSession(found);
}

function sleep(start: number, end: number | null, type: Night["type"] = "night"): Session {
  return nightSession({ id: `${start}`, type, start, end, final: true, asleep: 0, stages: [], ...UNKNOWN });
}

const placed = (sessions: Session[], view: { start: number; end: number }, width: number) =>
  placedOn(sessions, { view, width }, NOW, "en");

/** Two workouts a day, at nine and at six in the evening. */
const HABIT = Array.from({ length: 100 }, (_, day) => [
  workout(day * DAY + 9 * HOUR),
  workout(day * DAY + 18 * HOUR),
]).flat();

const forms = (days: number, width: number) => [
  ...new Set(placed(HABIT, { start: NOW - days * DAY, end: NOW }, width).map(({ form }) => form)),
];

test("over a long time workouts thin out to icons and to marks", () => {
  expect(forms(1, 700)).toEqual(["label"]);
  expect(forms(7, 700)).toEqual(["icon"]);
  expect(forms(30, 700)).toEqual(["mark"]);
  expect(forms(1, 330)).toEqual(["label"]);
  expect(forms(7, 330)).toEqual(["mark"]);
});

test("marks that would touch are drawn once", () => {
  const found = placed(HABIT, { start: 0, end: NOW }, 320);
  expect(found.length).toBeLessThan(HABIT.length / 1.5);
  for (const [index, { middle }] of found.slice(1).entries())
    expect(middle - (found[index]?.middle ?? 0)).toBeGreaterThanOrEqual(4);
});

test("of two close workouts the longer one has the icon", () => {
  const days = Array.from({ length: 7 }, (_, day) => day * DAY);
  const walks = days.map((day) => workout(day + 8 * HOUR, day + 9 * HOUR, "WALKING"));
  const run = workout(3 * DAY + 17 * HOUR, 3 * DAY + 19 * HOUR);
  const week = [...walks, run].sort((one, other) => one.start - other.start);
  const found = placed(week, { start: 0, end: 7 * DAY }, 330);
  expect(found.map(({ form }) => form)).toEqual([...Array(3).fill("icon"), "mark", ...Array(4).fill("icon")]);
});

test("nothing that is drawn overlaps", () => {
  const close = [workout(0), workout(4 * HOUR), workout(4.5 * HOUR), workout(12 * HOUR)];
  const found = placed(close, { start: 0, end: DAY }, 700);
  expect(found.map(({ form }) => form)).toEqual(["label", "icon", "mark", "label"]);
  const wide = { label: labelWidth("Run"), icon: 24, mark: 2 };
  for (const [index, one] of found.slice(1).entries()) {
    const before = found[index];
    if (before)
      expect(one.middle - before.middle).toBeGreaterThanOrEqual((wide[one.form] + wide[before.form]) / 2);
  }
});

test("where there is room it is said how long something was", () => {
  const locale = { language: "en", number_format: "language", time_format: "24" } as const;
  const formats = new Formats({ ...locale, time_zone: "server", first_weekday: "language" }, "UTC");
  const both = [sleep(0, 8 * HOUR), workout(12 * HOUR), workout(15 * HOUR)];
  const names = (width: number) =>
    lengthened(placed(both, { start: 0, end: DAY }, width), formats, width).map(({ name, form }) => [
      name.replaceAll(/\s/g, " "),
      form,
    ]);
  expect(names(1000)).toEqual([
    ["Asleep 0 min", "label"],
    ["Run 60 min", "label"],
    ["Run 60 min", "label"],
  ]);
  // The first takes the room, the other keeps its name alone.
  expect(names(600).map(([name]) => name)).toEqual(["Asleep 0 min", "Run 60 min", "Run"]);
  expect(names(300)).toEqual([
    ["Night", "icon"],
    ["Run", "icon"],
    ["Run", "icon"],
  ]);
});

test("a workout that is only partly in view is named in the middle of that part", () => {
  const [one] = placed([workout(-2 * HOUR, 2 * HOUR)], { start: 0, end: 4 * HOUR }, 400);
  expect(one?.middle).toBe(100);
});

/** A night before each day. */
const NIGHTS = Array.from({ length: 100 }, (_, day) => sleep(day * DAY - HOUR, day * DAY + 7 * HOUR));

const named = (sessions: Session[], days: number, width: number) =>
  placed(sessions, { start: NOW - days * DAY, end: NOW }, width).map(({ session, form }) => [
    session.look,
    form,
  ]);

test("sleep takes no room from workouts, and has an icon where they leave some", () => {
  const both = [...NIGHTS, ...HABIT].sort((one, other) => one.start - other.start);
  for (const [days, width] of [
    [1, 700],
    [7, 700],
    [7, 330],
    [30, 700],
  ] as const) {
    const loud = named(both, days, width).filter(([look]) => look === "workout");
    expect(loud).toEqual(named(HABIT, days, width));
  }
  const night = ["night", "icon"];
  expect(named(both, 1, 700)).toEqual([night, ["workout", "label"], ["workout", "label"]]);
  expect(named(both, 7, 700).filter(([look]) => look === "night")).toEqual(Array(7).fill(night));
});

test("over more than a week sleep is not shown", () => {
  expect(inView(NIGHTS, { start: 0, end: 7 * DAY }, NOW)).not.toEqual([]);
  expect(inView(NIGHTS, { start: 0, end: 30 * DAY }, NOW)).toEqual([]);
});

test("the icon of sleep stays within the plot, within its time and beside others", () => {
  const cut = [sleep(-8 * HOUR, HOUR), workout(8 * HOUR)];
  expect(placed(cut, { start: 0, end: DAY }, 330)[0]?.middle).toBe(12);
  const before = [sleep(0, 8 * HOUR), workout(4 * HOUR, 5 * HOUR), sleep(4 * HOUR, 5 * HOUR, "nap")];
  const [night, run, ...rest] = placed(before, { start: 0, end: DAY }, 360);
  expect([night?.middle, run?.middle, rest]).toEqual([12, 67.5, []]);
});

test("a night that goes on does so until now", () => {
  const running = sleep(NOW - 2 * HOUR, null);
  expect(spanOf(running, NOW)).toEqual({ start: NOW - 2 * HOUR, end: NOW });
  expect(inView([running], { start: NOW - 60, end: NOW }, NOW)).toEqual([running]);
});

test("a workout that still runs goes on until now", () => {
  const running = workout(NOW - HOUR, null);
  expect(spanOf(running, NOW)).toEqual({ start: NOW - HOUR, end: NOW });
  expect(inView([running], { start: NOW - 60, end: NOW }, NOW)).toEqual([running]);
  expect(inView([running], { start: 0, end: NOW - HOUR }, NOW)).toEqual([]);
  expect(spanOf(workout(NOW + 60, null), NOW).end).toBeGreaterThan(NOW + 60);
});

test("an open workout is shown with the minutes in which the heart recovers", () => {
  const { start, end } = viewOf(workout(DAY), NOW);
  expect(start).toBeLessThanOrEqual(DAY - 120);
  expect(end).toBeGreaterThanOrEqual(DAY + HOUR + 130);
});

test("exercises have names, and those without a translation are said in Google's words", () => {
  expect(exerciseName("de", "RUNNING")).toBe("Laufen");
  expect(exerciseName("de-CH", "CARDIO_WORKOUT")).toBe("Aktivität");
  expect(exerciseName("en", "TREADMILL_WALK")).toBe("Treadmill walk");
  expect(exerciseName("en", "")).toBe("Workout");
  expect(exerciseName("en", "EXERCISE_TYPE_UNSPECIFIED")).toBe("Workout");
});

test("exercises have icons, and unknown ones another", () => {
  expect(exerciseIcon("TRAIL_RUN")).toBe("mdi:run");
  expect(exerciseIcon("TREADMILL_WALK")).toBe("mdi:walk");
  expect(exerciseIcon("MOTORCYCLE")).toBe("mdi:motorbike");
  expect(exerciseIcon("TABLE_TENNIS")).toBe("mdi:table-tennis");
  expect(exerciseIcon("SOMETHING_NEW")).toBe("mdi:heart-pulse");
});
