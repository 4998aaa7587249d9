/** Columns to draw: points of time, each with the lowest, the mean and the highest of what it stands for. */

import type { Buckets, DailyRanges, Samples, Span } from "./contract";

type Values = (number | null)[];

export interface Columns {
  /** Where a point is drawn. A point without values is a gap. */
  x: number[];
  min: Values;
  mean: Values;
  max: Values;
  /** The edges of the band: the lowest and the highest, or of days what most of their hours are like. */
  low: Values;
  high: Values;
  /** How many samples a point stands for. */
  count: number[];
  /** The time that a point stands for; of a single sample both are the same. */
  from: number[];
  to: number[];
  /** Whether each point is a single sample. */
  single: boolean;
  /** Of civil days, how many of their hours were beyond a limit. */
  hours?: Record<"high" | "low", number[]>;
}

export function empty(single: boolean): Columns {
  const [min, max]: [Values, Values] = [[], []];
  return { x: [], min, mean: [], max, low: min, high: max, count: [], from: [], to: [], single };
}

function add(
  to: Columns,
  from: number,
  until: number,
  x: number,
  min: number,
  mean: number,
  max: number,
  count: number,
) {
  to.x.push(x);
  to.min.push(min);
  to.mean.push(mean);
  to.max.push(max);
  to.count.push(count);
  to.from.push(from);
  to.to.push(until);
}

function addGap(to: Columns, start: number, end: number) {
  to.x.push((start + end) / 2);
  to.min.push(null);
  to.mean.push(null);
  to.max.push(null);
  to.count.push(0);
  to.from.push(start);
  to.to.push(end);
}

/** Return the index of the first time that is not before. */
export function lowerBound(times: ArrayLike<number>, time: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] as number) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Return each sample; more than `gap` seconds without any are a gap. */
export function columnsOfSamples({ time, value }: Samples, gap: number): Columns {
  const columns = empty(true);
  let before = Number.POSITIVE_INFINITY;
  for (let index = 0; index < time.length; index++) {
    const [now, bpm] = [time[index] as number, value[index] as number];
    if (now - before > gap) addGap(columns, before, now);
    add(columns, now, now, now, bpm, bpm, bpm, 1);
    before = now;
  }
  return columns;
}

/** Return samples in bins that begin at multiples of `width`; a gap ends a bin. */
export function columnsOfBins({ time, value }: Samples, width: number, gap: number): Columns {
  const columns = empty(false);
  let index = 0;
  while (index < time.length) {
    const first = time[index] as number;
    const before = index ? (time[index - 1] as number) : first;
    if (first - before > gap) addGap(columns, before, first);
    const end = (Math.floor(first / width) + 1) * width;
    let [last, sum, count, low, high] = [first, 0, 0, Number.POSITIVE_INFINITY, 0];
    for (; index < time.length; index++) {
      const [now, bpm] = [time[index] as number, value[index] as number];
      if (now >= end || now - last > gap) break;
      [last, sum, count] = [now, sum + bpm, count + 1];
      if (bpm < low) low = bpm;
      if (bpm > high) high = bpm;
    }
    add(columns, first, last, (first + last) / 2, low, sum / count, high, count);
  }
  return columns;
}

/** Return buckets; more than one missing are a gap. */
export function columnsOfBuckets({ time, min, mean, max, count }: Buckets, width: number): Columns {
  const columns = empty(false);
  for (let index = 0; index < time.length; index++) {
    const start = time[index] as number;
    const before = columns.to.at(-1) ?? start;
    if (start - before > width) addGap(columns, before, start);
    add(
      columns,
      start,
      start + width,
      start + width / 2,
      min[index] as number,
      mean[index] as number,
      max[index] as number,
      count[index] as number,
    );
  }
  return columns;
}

/** Return civil days; one that is missing is a gap. */
export function columnsOfDays(days: DailyRanges): Columns {
  const hours: NonNullable<Columns["hours"]> = { high: [], low: [] };
  const columns: Columns = { ...empty(false), low: [], high: [], hours };
  const { time, end, min, mean, max, count } = days;
  for (let index = 0; index < time.length; index++) {
    const at = (values: number[]) => values[index] as number;
    const before = columns.to.at(-1) ?? at(time);
    if (at(time) > before) {
      addGap(columns, before, at(time));
      for (const values of [columns.low, columns.high]) values.push(null);
      for (const values of [hours.high, hours.low]) values.push(0);
    }
    add(columns, at(time), at(end), (at(time) + at(end)) / 2, at(min), at(mean), at(max), at(count));
    columns.low.push(at(days.p10));
    columns.high.push(at(days.p90));
    hours.high.push(at(days.hours_high));
    hours.low.push(at(days.hours_low));
  }
  return columns;
}

/** Return the samples of a range, and the ones next to it, so that the line goes on to the edges. */
export function cut({ time, value }: Samples, { start, end }: Span): Samples {
  const first = Math.max(lowerBound(time, start) - 1, 0);
  const last = lowerBound(time, end) + 1;
  return { time: time.slice(first, last), value: value.slice(first, last) };
}

export interface Extremes {
  min: number;
  mean: number;
  max: number;
}

/** Return the lowest, the mean and the highest of what is in a range. */
export function extremesOf(columns: Columns, { start, end }: Span): Extremes | undefined {
  let [min, max, sum, count] = [Number.POSITIVE_INFINITY, 0, 0, 0];
  for (let index = 0; index < columns.x.length; index++) {
    const mean = columns.mean[index];
    if (mean == null || (columns.to[index] as number) < start || (columns.from[index] as number) >= end)
      continue;
    const n = columns.count[index] as number;
    min = Math.min(min, columns.min[index] as number);
    max = Math.max(max, columns.max[index] as number);
    sum += mean * n;
    count += n;
  }
  return count ? { min, mean: sum / count, max } : undefined;
}

/** Return the index of the point nearest to a time. */
export function nearest(columns: Columns, time: number): number | undefined {
  const { x, mean } = columns;
  let after = lowerBound(x, time);
  let before = after - 1;
  while (after < x.length && mean[after] == null) after++;
  while (before >= 0 && mean[before] == null) before--;
  if (before < 0) return after < x.length ? after : undefined;
  if (after >= x.length) return before;
  return (x[after] as number) - time < time - (x[before] as number) ? after : before;
}

/** Return the index of the next point in a direction (1 or -1), if there is one. */
export function neighbour(columns: Columns, index: number, direction: number): number | undefined {
  let next = index + direction;
  while (next >= 0 && next < columns.x.length && columns.mean[next] == null) next += direction;
  return next >= 0 && next < columns.x.length ? next : undefined;
}

/** Return the bounds of what is drawn in a range: the means, and the band around them if it is. */
export function boundsOf(
  columns: Columns,
  { start, end }: Span,
  hasBand: boolean,
): [number, number] | undefined {
  const [below, above] = hasBand ? [columns.low, columns.high] : [columns.mean, columns.mean];
  let [low, high] = [Number.POSITIVE_INFINITY, 0];
  for (let index = 0; index < columns.x.length; index++) {
    const bottom = below[index];
    if (bottom == null || (columns.to[index] as number) < start || (columns.from[index] as number) >= end)
      continue;
    low = Math.min(low, bottom);
    high = Math.max(high, above[index] as number);
  }
  return high ? [low, high] : undefined;
}
