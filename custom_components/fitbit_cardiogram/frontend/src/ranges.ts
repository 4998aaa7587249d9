/** What part of time the chart shows, and how finely. */

import type { Span } from "./contract";

export const HOUR = 3600;
export const DAY = 86400;

export const RANGES = {
  "1h": HOUR,
  "6h": 6 * HOUR,
  "12h": 12 * HOUR,
  "24h": DAY,
  "3d": 3 * DAY,
  "7d": 7 * DAY,
  "30d": 30 * DAY,
  "90d": 90 * DAY,
  "1y": 365 * DAY,
} as const;

export type Range = keyof typeof RANGES;

export const RANGE_NAMES = Object.keys(RANGES) as Range[];

/** The ranges that there is a button for; zooming does the rest. */
export const CHOICES = ["1h", "24h", "7d", "30d", "1y"] as const satisfies Range[];

const SHORTEST = 120;
const LONGEST = 5 * RANGES["1y"];

/** Up to here every sample is asked for. */
const SAMPLES_SPAN = 26 * HOUR;

/** From here on civil days are asked for. */
const DAYS_SPAN = 28 * DAY;

/** Widths of buckets to ask for; of those that are whole hours the past is known for good. */
const WIDTHS = [60, 300, 900, 1800, HOUR, 2 * HOUR, 3 * HOUR];

/** Widths of the bins that samples are drawn in where they are many. */
const BINS = [5, 10, 15, 20, 30, 60, 90, 120, 180, 240, 300, 600];

const PIXELS_PER_BUCKET = 1.5;
const MARGIN = 0.25;

/** What to ask for: the range, and the width of the buckets, or civil days; every sample without either. */
export interface Plan extends Span {
  width: number | undefined;
  daily: boolean;
}

/** Return what to ask for so that a view can be drawn on so many pixels, and a little beside it. */
export function planFor(view: Span, pixels: number, now: number): Plan {
  const span = view.end - view.start;
  const fit = (span / Math.max(pixels, 1)) * PIXELS_PER_BUCKET;
  const daily = span >= DAYS_SPAN;
  const hasWidth = span > SAMPLES_SPAN && !daily;
  const width = hasWidth ? (WIDTHS.find((each) => each >= fit) ?? WIDTHS.at(-1)) : undefined;
  const step = width ?? (daily ? HOUR : 1);
  const start = Math.max(0, Math.floor((view.start - span * MARGIN) / step) * step);
  // What reaches the present also covers what is about to come.
  const reach = view.end + span * MARGIN;
  const end = Math.ceil((reach >= now ? now + DAY : reach) / step) * step;
  return { start, end, width, daily };
}

/** Return whether what was asked for is what a view needs. */
export function covers(have: Plan, view: Span, wanted: Plan): boolean {
  return (
    have.width === wanted.width &&
    have.daily === wanted.daily &&
    have.start <= Math.max(0, view.start) &&
    have.end >= view.end
  );
}

/** Return the width of the bins to draw samples in, or 0 to draw each. */
export function binFor(samples: number, span: number, pixels: number): number {
  if (samples * PIXELS_PER_BUCKET <= pixels) return 0;
  const fit = (span / Math.max(pixels, 1)) * PIXELS_PER_BUCKET;
  return BINS.find((each) => each >= fit) ?? (BINS.at(-1) as number);
}

/** Return a view that is within bounds: not in the future, neither too short nor too long. */
export function within(view: Span, now: number): Span {
  const span = Math.min(Math.max(view.end - view.start, SHORTEST), LONGEST);
  const middle = (view.start + view.end) / 2;
  const end = Math.max(Math.min(middle + span / 2, now), span);
  return { start: end - span, end };
}

/** Return a view zoomed by a factor (below 1 is closer), with what is at a fraction of its width staying there. */
export function zoomed(view: Span, factor: number, fraction: number): Span {
  const span = view.end - view.start;
  const next = Math.min(Math.max(span * factor, SHORTEST), LONGEST);
  const start = view.start + (span - next) * fraction;
  return { start, end: start + next };
}

/** Return a view moved by a fraction of its width. */
export function moved(view: Span, fraction: number): Span {
  const by = (view.end - view.start) * fraction;
  return { start: view.start + by, end: view.end + by };
}

/** Return the range that a view is as long as. */
export function rangeOf(view: Span): Range | undefined {
  const span = view.end - view.start;
  return RANGE_NAMES.find((name) => Math.abs(RANGES[name] - span) < 1);
}

/** Return the middle of a civil day: the same day by nearly every other clock, which its midnight is not. */
export function noonOf({ start, end }: Span): number {
  return (start + end) / 2;
}
