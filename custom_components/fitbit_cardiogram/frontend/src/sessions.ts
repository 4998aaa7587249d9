/** Sessions on the chart, workouts and sleep: which are in view, and how much of each there is room for. */

import type { nothing, TemplateResult } from "lit";
import type { Night, Span, Workout } from "./contract";
import type { Formats } from "./formats";
import { DAY } from "./ranges";
import type { TextKey } from "./texts";

/** CSS pixels: a button with an icon, its edges around a label, and the usual width of a letter. */
const ICON = 24;
const EDGES = 30;
const LETTER = 6.6;
/** CSS pixels between marks that are too close for anything else; of closer ones, one is drawn. */
const MARK = 4;
/** Seconds before and after a session that are shown with it; after a workout the heart rate recovers. */
const BEFORE = 120;
const AFTER = 240;
/** Seconds of a view up to which sleep is shown: over more, there would be stripes alone. */
export const SLEEP_SHOWN = 8 * DAY;

export type Look = "workout" | "night" | "nap";

/** A figure of a session; null where it is not known. */
export type Figure = [label: TextKey, value: string | null];

/** Where time is drawn: a view, and where the plot is in the chart, in CSS pixels. */
export interface Axis {
  view: Span;
  left: number;
  width: number;
}

/** A time with a name that can be opened: all that the chart has to know of a workout or a night. */
export interface Session {
  /** Unlike that of any other session. */
  id: string;
  look: Look;
  start: number;
  /** Null while it is not known. */
  end: number | null;
  icon: string;
  /** What it was made of. */
  source: Workout | Night;
  name(language: string): string;
  /** Return its name with how long it was, for where there is room. */
  label(formats: Formats): string;
  /** Say what it is at a moment. */
  at(language: string, time: number): string;
  /** Say when it was. */
  when(formats: Formats, now: number): string;
  figures(formats: Formats): Figure[];
  /** Render what is below the curve while it is open. */
  below(formats: Formats, axis: Axis): TemplateResult | typeof nothing;
}

export type Form = "label" | "icon" | "mark";

export interface Placed {
  session: Session;
  name: string;
  form: Form;
  /** CSS pixels from the left edge of the plot to the edges of what is in view, and to where it is named. */
  left: number;
  right: number;
  middle: number;
}

/** Return the time of a session; one without end goes on until now. */
export function spanOf({ start, end }: { start: number; end: number | null }, now: number): Span {
  return { start, end: end ?? Math.max(now, start + 1) };
}

/** Return the view that shows a session, with the minutes around it. */
export function viewOf(session: Session, now: number): Span {
  const { start, end } = spanOf(session, now);
  const margin = (end - start) * 0.06;
  return { start: start - Math.max(BEFORE, margin), end: end + Math.max(AFTER, margin) };
}

/** Return the sessions that a view shows, in order of time; sleep only where it has room. */
export function inView(sessions: Session[], view: Span, now: number): Session[] {
  const showsSleep = view.end - view.start <= SLEEP_SHOWN;
  return touching(sessions, view, now).filter((session) => showsSleep || !isQuiet(session));
}

/** Return the sessions that share time with a span. */
export function touching(sessions: Session[], span: Span, now: number): Session[] {
  return sessions.filter((session) => {
    const { start, end } = spanOf(session, now);
    return start < span.end && end > span.start;
  });
}

/** Return whether a session stands back behind others. */
export function isQuiet({ look }: Session): boolean {
  return look !== "workout";
}

/**
 * Return what to draw above the curve, in order of time: labels where there is room, icons where there is less,
 * or only marks. Sleep has an icon where the others leave room, or nothing.
 */
export function placed(
  sessions: Session[],
  { view, width }: Pick<Axis, "view" | "width">,
  now: number,
  language: string,
): Placed[] {
  const scale = width / (view.end - view.start);
  const found = inView(sessions, view, now).map((session): Placed => {
    const { start, end } = spanOf(session, now);
    const left = (Math.max(start, view.start) - view.start) * scale;
    const right = (Math.min(end, view.end) - view.start) * scale;
    return { session, name: session.name(language), form: "icon", left, right, middle: (left + right) / 2 };
  });
  const loud = formed(
    found.filter(({ session }) => !isQuiet(session)),
    now,
  );
  return added(
    loud,
    found.filter(({ session }) => isQuiet(session)),
    width,
    now,
  );
}

/** Return the same with longer names where they fit: of workouts with a label, and of sleep within its time. */
export function lengthened(all: Placed[], formats: Formats, width: number): Placed[] {
  const result = [...all];
  for (const [index, one] of all.entries()) {
    const { session, form, left, right } = one;
    const name = session.label(formats);
    const wide = labelWidth(name);
    if (isQuiet(session) ? wide > right - left : form !== "label") continue;
    const middle = inside((left + right) / 2, wide / 2, width);
    const longer: Placed = { ...one, name, form: "label", middle };
    const isFree = result.every(
      (other) => other === one || Math.abs(other.middle - middle) >= (wide + widthOf(other)) / 2,
    );
    if (isFree) result[index] = longer;
  }
  return result;
}

function formed(all: Placed[], now: number): Placed[] {
  const result = all.map((one, index) => {
    const before = all[index - 1]?.middle ?? Number.NEGATIVE_INFINITY;
    const after = all[index + 1]?.middle ?? Number.POSITIVE_INFINITY;
    return { ...one, form: formFor(one.name, Math.min(one.middle - before, after - one.middle)) };
  });
  const marks = result.filter(({ form }) => form === "mark");
  if (2 * marks.length > result.length) return thinned(result);
  return raised(result, marks, now);
}

/** Return all as marks, and of those that would touch only one. */
function thinned(all: Placed[]): Placed[] {
  const result: Placed[] = [];
  for (const one of all)
    if (one.middle - (result.at(-1)?.middle ?? Number.NEGATIVE_INFINITY) >= MARK)
      result.push({ ...one, form: "mark" });
  return result;
}

/** Give each of a few marks an icon if that fits, the longest sessions first. */
function raised(all: Placed[], marks: Placed[], now: number): Placed[] {
  for (const mark of longestFirst(marks, now))
    if (all.every((other) => other === mark || fits(mark, other))) mark.form = "icon";
  return all;
}

/** Add the icons that fit between those that are there, the longest sessions first, each within its time. */
function added(all: Placed[], icons: Placed[], width: number, now: number): Placed[] {
  const result = [...all];
  for (const icon of longestFirst(icons, now)) {
    const tried = [icon.middle, icon.left, icon.right].map((middle) => ({
      ...icon,
      middle: inside(middle, ICON / 2, width),
    }));
    const found = tried.find((one) => result.every((other) => fits(one, other)));
    if (found) result.push(found);
  }
  return result.sort((one, other) => one.middle - other.middle);
}

/** Return where the middle of something goes, so that both its halves are within the plot. */
export function inside(middle: number, half: number, width: number): number {
  return Math.min(Math.max(middle, half), Math.max(width - half, half));
}

function longestFirst(all: Placed[], now: number): Placed[] {
  const long = ({ session }: Placed) => {
    const { start, end } = spanOf(session, now);
    return end - start;
  };
  return [...all].sort((one, other) => long(other) - long(one));
}

/** Return whether there is room for an icon beside another. */
function fits(one: Placed, other: Placed): boolean {
  return Math.abs(other.middle - one.middle) >= (ICON + widthOf(other)) / 2;
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
