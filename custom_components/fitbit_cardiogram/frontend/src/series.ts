/** Daily values in numbers: where they lie, what their means are, and how they stand beside the usual. */

import type { Column, Usual } from "./overview";

export const DAY = 86400;
/** A mean of seven days takes so many values at least. */
const MEAN_OF = 3;

/** Return the last days of a column, from the first value among them on. */
export function lastDays(column: Column, count: number): { from: number; values: (number | null)[] } {
  const start = Math.max(column.values.length - count, 0);
  const values = column.values.slice(start);
  const first = Math.max(
    values.findIndex((value) => value !== null),
    0,
  );
  return { from: start + first, values: values.slice(first) };
}

/** Return the mean of the seven days up to each day; null where few of them have a value. */
export function weekMeans(values: (number | null)[]): (number | null)[] {
  return values.map((_, index) => {
    const known = values.slice(Math.max(index - 6, 0), index + 1).filter((value) => value !== null);
    if (known.length < MEAN_OF) return null;
    return known.reduce((sum, value) => sum + value, 0) / known.length;
  });
}

export interface Scale {
  low: number;
  high: number;
}

/** Return an axis that shows all values and is at least so wide, so that a beat stays a beat. */
export function scaleOf(values: number[], least: number): Scale {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const step = least / 4;
  const wide = Math.max(high - low + step, least);
  const middle = (low + high) / 2;
  const begin = Math.max(Math.round((middle - wide / 2) / step) * step, 0);
  return { low: begin, high: begin + Math.ceil(wide / step) * step };
}

/** Where a value stands: 0 is usual, ±1 beyond the quartiles, ±2 far beyond them. */
export type Level = -2 | -1 | 0 | 1 | 2;

/** Return where a value stands; far is what lies more than the quartiles' distance beyond them. */
export function levelOf(value: number, [low, , high]: Usual): Level {
  const spread = Math.max(high - low, 2);
  if (value < low) return value < low - spread ? -2 : -1;
  if (value > high) return value > high + spread ? 2 : 1;
  return 0;
}

export interface Count {
  lower: number;
  usual: number;
  higher: number;
}

/** Return on how many days a value was below, within and above the usual. */
export function counted({ values, usual }: Column): Count {
  const count = { lower: 0, usual: 0, higher: 0 };
  values.forEach((value, index) => {
    const beside = usual?.[index];
    if (value === null || !beside) return;
    const level = levelOf(value, beside);
    count[level < 0 ? "lower" : level > 0 ? "higher" : "usual"]++;
  });
  return count;
}
