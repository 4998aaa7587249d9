/** Where the axis of time has its marks: at whole hours, days, weeks, months and years of the person's clock. */

import type { Span } from "./contract";
import type { Formats } from "./formats";
import { DAY, HOUR } from "./ranges";
import type { ZoneTime } from "./zone-time";

const STEPS = [
  ...[1, 5, 10, 15, 30].map((seconds) => seconds),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * 60),
  ...[1, 2, 3, 4, 6, 12].map((hours) => hours * HOUR),
  ...[1, 2, 7, 14].map((days) => days * DAY),
];
const MONTHS = [1, 2, 3, 6, 12, 24, 60];
const MONTH = 30 * DAY;
const FIRST_SUNDAY = 3;

export interface Tick {
  time: number;
  label: string;
}

/** Return marks that are at least so many seconds apart. */
export function ticks(view: Span, apart: number, formats: Formats): Tick[] {
  const step = STEPS.find((each) => each >= apart);
  if (step) {
    const label = (time: number) => {
      if (step >= DAY || formats.zone.local(time) % DAY === 0) return formats.date(time);
      return step < 60 ? formats.second(time) : formats.time(time);
    };
    return regular(view, step, formats).map((time) => ({ time, label: label(time) }));
  }
  const months = MONTHS.find((each) => each * MONTH >= apart) ?? 120;
  return monthly(view, months, formats.zone).map(({ time, month }) => ({
    time,
    label: month === 0 ? formats.year(time) : formats.month(time),
  }));
}

function regular({ start, end }: Span, step: number, { zone, firstWeekday }: Formats): number[] {
  const origin = step % (7 * DAY) ? 0 : (FIRST_SUNDAY + firstWeekday) * DAY;
  const found: number[] = [];
  let local = Math.ceil((zone.local(start) - origin) / step) * step + origin;
  for (; zone.moment(local) <= end; local += step) {
    const time = zone.moment(local);
    if (time >= start && time > (found.at(-1) ?? 0)) found.push(time);
  }
  return found;
}

function monthly({ start, end }: Span, step: number, zone: ZoneTime): { time: number; month: number }[] {
  const found: { time: number; month: number }[] = [];
  const first = new Date(zone.local(start) * 1000);
  let month = Math.floor((first.getUTCFullYear() * 12 + first.getUTCMonth()) / step) * step;
  for (; ; month += step) {
    const time = zone.moment(Date.UTC(Math.floor(month / 12), month % 12) / 1000);
    if (time > end) return found;
    if (time >= start) found.push({ time, month: month % 12 });
  }
}

/** Return the bounds of the axis of heart rates: whole tens around what is shown, and never too narrow. */
export function bpmBounds(min: number, max: number): [number, number] {
  let low = Math.floor((min - 4) / 10) * 10;
  let high = Math.ceil((max + 6) / 10) * 10;
  if (high - low < 40) {
    low = Math.max(Math.floor((min + max) / 20) * 10 - 20, 0);
    high = low + 40;
    if (max + 6 > high) high += 10;
  }
  return [Math.max(low, 0), high];
}
