/** What the integration answers; all times are whole UNIX seconds, ranges are half-open. */

import type { CommandError, Hass } from "./hass";
import { hear } from "./hearing";

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

/** Civil days by the account's clock; the lowest and the highest of all samples, the rest from the hours. */
export interface DailyRanges extends Buckets {
  end: number[];
  /** Four of five means of the hours lie between these. */
  p10: number[];
  p90: number[];
  /** How many hours had a heart rate at a limit of the alerts or beyond. */
  hours_high: number[];
  hours_low: number[];
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
  /** Whether it stands for whole hours, because there is too much beyond the limit to tell each alert. */
  hourly?: boolean;
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

/** A stage of sleep. */
export interface Stage {
  /** Google's word, such as DEEP; there may be new ones. */
  type: string;
  start: number;
  end: number;
}

/** A night with all its parts, or a nap; figures are null without samples, and the end is while it is not known. */
export interface Night {
  id: string;
  type: "night" | "nap";
  start: number;
  end: number | null;
  final: boolean;
  /** Seconds. */
  asleep: number;
  mean: number | null;
  lowest: number | null;
  lowest_at: number | null;
  /** Per cent that the mean asleep lay below that of the waking day before. */
  dip: number | null;
  /** In order of time; none where so much time was asked for that they could not be seen. */
  stages: Stage[];
}

export interface Annotations {
  /** Samples further apart than so many seconds have a gap between them. */
  gap: number;
  days: Day[];
  alerts: Alert[];
  workouts: Workout[];
  nights: Night[];
}

/** What is told of an account without having been asked for. */
export interface News {
  /** The time of the newest sample. */
  latest: number | null;
  /** What cannot be read because the sign-in lacks the permission for it, such as "sleep". */
  lacks: string[];
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

export function fetchDays(hass: Hass, entryId: string, { start, end }: Span): Promise<DailyRanges> {
  const type = "fitbit_cardiogram/heart_rate";
  return hass.callWS({ type, entry_id: entryId, start, end, period: "day" });
}

/** Of more than a month without alerts, which the days tell of then; of more than a season without sessions. */
export async function fetchAnnotations(
  hass: Hass,
  entryId: string,
  { start, end }: Span,
): Promise<Annotations> {
  const type = "fitbit_cardiogram/annotations";
  const found = await hass.callWS<Annotations>({ type, entry_id: entryId, start, end });
  return { ...found, nights: found.nights ?? [] };
}

/** Hear what is new of an account, at once and whenever what is known of it may have changed. */
export function subscribe(
  { connection }: Hass,
  entryId: string,
  heard: (news: News) => void,
  refused: (error: CommandError) => void,
): () => void {
  const message = { type: "fitbit_cardiogram/subscribe", entry_id: entryId };
  return hear<News>(
    connection,
    message,
    ({ latest, lacks }) => heard({ latest, lacks: lacks ?? [] }),
    refused,
  );
}
