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
  const formed = found.map((one, index) => {
    const before = found[index - 1]?.middle ?? Number.NEGATIVE_INFINITY;
    const after = found[index + 1]?.middle ?? Number.POSITIVE_INFINITY;
    return { ...one, form: formFor(one.name, Math.min(one.middle - before, after - one.middle)) };
  });
  const marks = formed.filter(({ form }) => form === "mark");
  if (2 * marks.length > formed.length) return thinned(formed);
  return raised(formed, marks, now);
}

/** Return all as marks, and of those that would touch only one. */
function thinned(all: Placed[]): Placed[] {
  const result: Placed[] = [];
  for (const one of all)
    if (one.middle - (result.at(-1)?.middle ?? Number.NEGATIVE_INFINITY) >= MARK)
      result.push({ ...one, form: "mark" });
  return result;
}

/** Give each of a few marks an icon if that fits, the longest workouts first. */
function raised(all: Placed[], marks: Placed[], now: number): Placed[] {
  const long = ({ workout }: Placed) => {
    const { start, end } = spanOf(workout, now);
    return end - start;
  };
  for (const mark of marks.sort((one, other) => long(other) - long(one))) {
    const fits = (other: Placed) =>
      other === mark || Math.abs(other.middle - mark.middle) >= (ICON + widthOf(other)) / 2;
    if (all.every(fits)) mark.form = "icon";
  }
  return all;
}

function widthOf({ form, name }: Placed): number {
  return { label: labelWidth(name), icon: ICON, mark: MARK }[form];
}

/** Return how wide a label is, in CSS pixels. */
export function labelWidth(name: string): number {
  return EDGES + name.length * LETTER;
}

function formFor(name: string, room: number): Form {
  if (room >= labelWidth(name)) return "label";
  return room >= ICON ? "icon" : "mark";
}
