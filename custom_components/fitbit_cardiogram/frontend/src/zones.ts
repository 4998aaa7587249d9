/** Heart rate zones: their colours, their bands, and the time in them. */

import { lowerBound } from "./columns";
import type { Day, Samples, Span, Zone } from "./contract";
import { text } from "./texts";

export const ZONES = ["light", "moderate", "vigorous", "peak"] as const;

/** Return the name of a zone; a person has named their own. */
export function zoneName(language: string, { name, custom }: { name: string; custom: boolean }): string {
  const known = custom ? undefined : ZONES.find((zone) => zone === name);
  return known ? text(language, known) : name;
}

/** Return the zones that a heart rate is in at a time. */
export function zonesAt(days: Day[], time: number, bpm: number): Zone[] {
  const day = days.find(({ start, end }) => start <= time && time < end);
  const rounded = Math.round(bpm);
  return (day?.zones ?? []).filter(
    ({ min, max }) =>
      (min !== null || max !== null) && rounded >= (min ?? 0) && rounded <= (max ?? Number.POSITIVE_INFINITY),
  );
}

export interface ZoneTime {
  name: string;
  custom: boolean;
  minutes: number | null;
}

/** Seconds that a sample stands for at most, as the integration counts them for workouts. */
const STANDS_FOR = 60;
/** The shortest gap; a longer one is twice what lies between the samples. */
const GAP = 300;

/** No heart rate is as high. */
const BPM_MAX = 400;

/** Return the time in each zone within a view, counted from its samples by the limits of their days. */
export function timesInZones(samples: Samples, days: Day[], view: Span, gap: number): ZoneTime[] {
  const found = new Map<string, ZoneTime>();
  for (const day of days) {
    const within = { start: Math.max(day.start, view.start), end: Math.min(day.end, view.end) };
    const seconds = secondsByBpm(samples, within, gap > GAP ? gap / 2 : STANDS_FOR);
    for (const { name, custom, min, max } of day.zones) {
      if (min === null && max === null) continue;
      const sum = seconds.subarray(min ?? 0, (max ?? BPM_MAX) + 1).reduce((all, each) => all + each, 0);
      const key = `${custom}${name}`;
      found.set(key, { name, custom, minutes: (found.get(key)?.minutes ?? 0) + sum / 60 });
    }
  }
  return [...found.values()].sort(inOrder);
}

/** Return for how many seconds there was each heart rate; a sample stands for the time until the next one. */
function secondsByBpm({ time, value }: Samples, { start, end }: Span, longest: number): Float64Array {
  const seconds = new Float64Array(BPM_MAX);
  const last = lowerBound(time, end);
  for (let index = lowerBound(time, start); index < last; index++) {
    const until = time[index + 1] ?? end;
    const bpm = value[index] as number;
    seconds[bpm] = (seconds[bpm] ?? 0) + Math.min(until - (time[index] as number), longest);
  }
  return seconds;
}

/** Return the time in each zone on the days that a view shows at least half of. */
export function timesOfDays(days: Day[], view: Span): ZoneTime[] {
  const shown = days.filter(
    ({ start, end }) => Math.min(end, view.end) - Math.max(start, view.start) >= (end - start) / 2,
  );
  const zones = new Map<string, ZoneTime>();
  for (const { name, custom, minutes } of shown.flatMap((day) => day.zones)) {
    const key = `${custom}${name}`;
    const known = zones.get(key)?.minutes;
    const sum = minutes === null && known == null ? null : (minutes ?? 0) + (known ?? 0);
    zones.set(key, { name, custom, minutes: sum });
  }
  return [...zones.values()].sort(inOrder);
}

function inOrder(one: ZoneTime, other: ZoneTime): number {
  return rank(one) - rank(other);
}

function rank({ name, custom }: ZoneTime): number {
  return custom ? ZONES.length : (ZONES as readonly string[]).indexOf(name);
}

/** Return the zones of the last day in a view, for the scale beside the curve: all but the everyday one. */
export function scaleOf(days: Day[], view: Span): Zone[] {
  const zones = lastIn(days, view)?.zones ?? [];
  return zones.filter(({ name, custom, min, max }) => (custom || name !== "light") && (min ?? max) !== null);
}

/** Return where a line that is coloured by zone changes its colour: from each bpm on, upwards. */
export function colourSteps(days: Day[], view: Span): { from: number; name: string }[] {
  const steps = (lastIn(days, view)?.zones ?? [])
    .filter(({ custom, min, max }) => !custom && (min !== null || max !== null))
    .map(({ name, min }) => ({ from: min ?? 0, name }));
  return steps.sort((one, other) => one.from - other.from);
}

function lastIn(days: Day[], view: Span): Day | undefined {
  return days.findLast(({ start, end, zones }) => zones.length && end > view.start && start < view.end);
}
