/** Workouts on the chart: which are in view, and how much of each there is room for. */

import type { Span, Workout } from "./contract";

/** CSS pixels: a button with an icon, its edges around a label, and the usual width of a letter. */
const ICON = 24;
const EDGES = 30;
const LETTER = 6.6;
/** CSS pixels between marks that are too close for anything else; of closer ones, one is drawn. */
const MARK = 4;
/** Seconds before and after a workout that are shown with it; the heart rate recovers in the latter. */
const BEFORE = 120;
const AFTER = 240;

export type Form = "label" | "icon" | "mark";

export interface Placed {
  workout: Workout;
  name: string;
  form: Form;
  /** CSS pixels from the left edge of the plot to the middle. */
  middle: number;
}

/** Return the time of a workout; one that still runs goes on until now. */
export function spanOf({ start, end }: Workout, now: number): Span {
  return { start, end: end ?? Math.max(now, start + 1) };
}

/** Return the view that shows a workout, with the minutes around it. */
export function viewOf(workout: Workout, now: number): Span {
  const { start, end } = spanOf(workout, now);
  const margin = (end - start) * 0.06;
  return { start: start - Math.max(BEFORE, margin), end: end + Math.max(AFTER, margin) };
}

/** Return the workouts that a view shows, in order of time. */
export function inView(workouts: Workout[], view: Span, now: number): Workout[] {
  return workouts.filter((workout) => {
    const { start, end } = spanOf(workout, now);
    return start < view.end && end > view.start;
  });
}

/** Return what to draw above the curve: labels where there is room, icons where there is less, or only marks. */
export function placed(
  workouts: Workout[],
  view: Span,
  width: number,
  now: number,
  nameOf: (type: string) => string,
): Placed[] {
  const scale = width / (view.end - view.start);
  const found = inView(workouts, view, now).map((workout) => {
    const { start, end } = spanOf(workout, now);
    const shown = (Math.max(start, view.start) + Math.min(end, view.end)) / 2;
    return { workout, name: nameOf(workout.type), middle: (shown - view.start) * scale };
  });
  const result: Placed[] = [];
  for (const [index, one] of found.entries()) {
    const before = found[index - 1]?.middle ?? Number.NEGATIVE_INFINITY;
    const after = found[index + 1]?.middle ?? Number.POSITIVE_INFINITY;
    const form = formFor(one.name, Math.min(one.middle - before, after - one.middle));
    const last = result.at(-1);
    if (form === "mark" && last?.form === "mark" && one.middle - last.middle < MARK) continue;
    result.push({ ...one, form });
  }
  return result;
}

/** Return how wide a label is, in CSS pixels. */
export function labelWidth(name: string): number {
  return EDGES + name.length * LETTER;
}

function formFor(name: string, room: number): Form {
  if (room >= labelWidth(name)) return "label";
  return room >= ICON ? "icon" : "mark";
}
