/** What the integration answers; all times are whole UNIX seconds, ranges are half-open. */

import type { Hass } from "./hass";

export interface Samples {
  time: number[];
  value: number[];
}

export interface Buckets {
  time: number[];
  min: number[];
  mean: number[];
  max: number[];
  count: number[];
}

export interface Zone {
  name: string;
  custom: boolean;
  min: number | null;
  max: number | null;
  minutes: number | null;
}

export interface Day {
  start: number;
  end: number;
  resting: number | null;
  zones: Zone[];
}

export interface Alert {
  kind: "high" | "low";
  limit: number;
  start: number;
  end: number;
  extreme: number;
}

/** A workout; figures are null without samples, and its end is while that is not known. */
export interface Workout {
  id: string;
  /** Google's word, such as RUNNING; there may be new ones. */
  type: string;
  start: number;
  end: number | null;
  final: boolean;
  lowest: number | null;
  mean: number | null;
  highest: number | null;
  /** Seconds by the zone's name. */
  zones: Record<string, number>;
  /** How many bpm the heart rate fell within 60 and 120 seconds after the end. */
  recovery: number | null;
  recovery_120: number | null;
}

export interface Annotations {
  /** Samples further apart than so many seconds have a gap between them. */
  gap: number;
  days: Day[];
  alerts: Alert[];
  workouts: Workout[];
}

export interface Span {
  start: number;
  end: number;
}

export function fetchSamples(hass: Hass, entryId: string, { start, end }: Span): Promise<Samples> {
  return hass.callWS({ type: "fitbit_cardiogram/heart_rate", entry_id: entryId, start, end });
}

export function fetchBuckets(
  hass: Hass,
  entryId: string,
  { start, end }: Span,
  width: number,
): Promise<Buckets> {
  return hass.callWS({ type: "fitbit_cardiogram/heart_rate", entry_id: entryId, start, end, width });
}

export function fetchAnnotations(hass: Hass, entryId: string, { start, end }: Span): Promise<Annotations> {
  return hass.callWS({ type: "fitbit_cardiogram/annotations", entry_id: entryId, start, end });
}

/** Hear of the newest sample, at once and whenever what is known of the account may have changed. */
export function subscribe(
  hass: Hass,
  entryId: string,
  heard: (latest: number | null) => void,
): Promise<() => Promise<void>> {
  return hass.connection.subscribeMessage<{ latest: number | null }>(({ latest }) => heard(latest), {
    type: "fitbit_cardiogram/subscribe",
    entry_id: entryId,
  });
}
