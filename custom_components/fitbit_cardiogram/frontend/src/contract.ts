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

export interface Annotations {
  /** Samples further apart than so many seconds have a gap between them. */
  gap: number;
  days: Day[];
  alerts: Alert[];
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
