/** Heart rate zones: their colours, their bands, and the time in them. */

import type { Day, Span, Zone } from "./contract";
import { text } from "./texts";

export const ZONES = ["light", "moderate", "vigorous", "peak"] as const;

/** Return the name of a zone; a person has named their own. */
export function zoneName(language: string, { name, custom }: { name: string; custom: boolean }): string {
  const known = custom ? undefined : ZONES.find((zone) => zone === name);
  return known ? text(language, known) : name;
}

export interface Band extends Span {
  zone: Zone;
}

/** Return the bands of a range's zones; days with the same bounds share one. */
export function bandsOf(days: Day[], view: Span): Band[] {
  const open = new Map<string, Band>();
  const bands: Band[] = [];
  for (const day of days) {
    if (day.end <= view.start || day.start >= view.end) continue;
    for (const zone of day.zones) {
      if (zone.min === null && zone.max === null) continue;
      const key = [zone.custom, zone.name, zone.min, zone.max].join();
      const band = open.get(key);
      if (band && band.end === day.start) band.end = day.end;
      else {
        const opened = { start: day.start, end: day.end, zone };
        open.set(key, opened);
        bands.push(opened);
      }
    }
  }
  return bands;
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

export interface ZoneTimes {
  first: Day;
  last: Day;
  zones: { name: string; custom: boolean; minutes: number | null }[];
}

/** Return the time in each zone on the days that a view shows at least half of, or else the last it touches. */
export function zoneTimes(days: Day[], view: Span): ZoneTimes | undefined {
  const touched = days.filter(
    ({ start, end, zones }) => zones.length && end > view.start && start < view.end,
  );
  const shown = touched.filter(
    ({ start, end }) => Math.min(end, view.end) - Math.max(start, view.start) >= (end - start) / 2,
  );
  const counted = shown.length ? shown : touched.slice(-1);
  const [first, last] = [counted[0], counted.at(-1)];
  if (!first || !last) return undefined;
  const zones = new Map<string, ZoneTimes["zones"][number]>();
  for (const { name, custom, minutes } of counted.flatMap((day) => day.zones)) {
    const key = `${custom}${name}`;
    const known = zones.get(key)?.minutes;
    const sum = minutes === null && known == null ? null : (minutes ?? 0) + (known ?? 0);
    zones.set(key, { name, custom, minutes: sum });
  }
  const order = ({ name, custom }: { name: string; custom: boolean }) =>
    custom ? ZONES.length : (ZONES as readonly string[]).indexOf(name);
  return { first, last, zones: [...zones.values()].sort((one, other) => order(one) - order(other)) };
}

/** Return where a line that is coloured by zone changes its colour: from each bpm on, upwards. */
export function colourSteps(days: Day[], view: Span): { from: number; name: string }[] {
  const day = days.findLast(({ start, end, zones }) => zones.length && end > view.start && start < view.end);
  const steps = (day?.zones ?? [])
    .filter(({ custom, min, max }) => !custom && (min !== null || max !== null))
    .map(({ name, min }) => ({ from: min ?? 0, name }));
  return steps.sort((one, other) => one.from - other.from);
}
