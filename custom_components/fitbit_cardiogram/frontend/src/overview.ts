/** What the integration tells of an account for a dashboard; times are whole UNIX seconds. */

import { DOMAIN } from "./account";
import type { Night, Workout } from "./contract";
import type { CommandError, Connection, Hass } from "./hass";
import { hear } from "./hearing";

export type Why =
  | "not_set_up"
  | "sign_in"
  | "repair"
  | "unreachable"
  | "importing"
  | "nothing_yet"
  | "not_synced"
  | "not_worn"
  | "begins";

export interface Reason {
  key: Why;
  since: number | null;
  percent: number | null;
}

/** A daily value beside the usual; the difference and the place are null while nobody knows what is usual. */
export interface Compared {
  day: string;
  value: number;
  difference: number | null;
  place: "lower" | "usual" | "higher" | null;
}

export interface DestinationState {
  id: string;
  name: string;
  automatic: boolean;
  pending: number;
  oldest_pending: number | null;
  delivered: number;
  last_delivery: number | null;
  quarantined: number;
  problem: string | null;
  /** Whether a person has to act. */
  paused: boolean;
  retry_at: number | null;
}

export interface Limits {
  high: number | null;
  low: number | null;
  minutes: number;
}

/** An account that is not set up has nothing but the reason and the source. */
export interface Overview {
  reason: Reason | null;
  source: string;
  newest?: { time: number; bpm: number; is_current: boolean; zone: string | null } | null;
  resting_heart_rate?: Compared | null;
  heart_rate_variability?: Compared | null;
  sleeping_heart_rate?: Compared | null;
  night?: (Night & { day: string }) | null;
  week?: { minutes: number; goal: number } | null;
  workouts?: Workout[];
  oldest?: number | null;
  limits?: Limits;
  destinations?: DestinationState[];
}

/** Low, median and high of what is usual for a day. */
export type Usual = [number, number, number];

export interface Column {
  values: (number | null)[];
  usual?: (Usual | null)[];
}

/** Daily values, from the first day on. */
export interface Days {
  first: string;
  series: Partial<Record<string, Column>>;
}

/** Return the daily values from a day to before another, both as 2026-11-29. */
export function fetchDays(hass: Hass, entryId: string, start: string, end: string): Promise<Days> {
  return hass.callWS({ type: `${DOMAIN}/days`, entry_id: entryId, start, end });
}

export type Heard = (overview: Overview | undefined, error: CommandError | undefined) => void;

/** One subscription for all cards of an account on a page. */
class Followed {
  private readonly listeners = new Set<Heard>();
  private overview: Overview | undefined;
  private error: CommandError | undefined;
  private stop: (() => void) | undefined;

  constructor(
    private readonly connection: Connection,
    private readonly entryId: string,
  ) {}

  add(heard: Heard): void {
    this.listeners.add(heard);
    if (this.overview || this.error) heard(this.overview, this.error);
    this.stop ??= hear<Overview>(
      this.connection,
      { type: `${DOMAIN}/overview`, entry_id: this.entryId },
      (overview) => this.tell(overview, undefined),
      (error) => this.tell(this.overview, error),
    );
  }

  /** Return whether nobody listens any more. */
  remove(heard: Heard): boolean {
    this.listeners.delete(heard);
    if (this.listeners.size) return false;
    this.stop?.();
    return true;
  }

  private tell(overview: Overview | undefined, error: CommandError | undefined): void {
    this.overview = overview;
    this.error = error;
    for (const heard of this.listeners) heard(overview, error);
  }
}

const followed = new WeakMap<Connection, Map<string, Followed>>();

/** Hear an account's overview, now and whenever it has changed; the result ends that. */
export function follow({ connection }: Hass, entryId: string, heard: Heard): () => void {
  const ours = followed.get(connection) ?? new Map<string, Followed>();
  followed.set(connection, ours);
  const one = ours.get(entryId) ?? new Followed(connection, entryId);
  ours.set(entryId, one);
  one.add(heard);
  return () => {
    if (one.remove(heard)) ours.delete(entryId);
  };
}

/** Milliseconds within which the cards of a view are there. */
const WARM = 10_000;

/** Ask for an account's overview before the cards that show it are made. */
export function warm(hass: Hass, entryId: string): void {
  setTimeout(
    follow(hass, entryId, () => undefined),
    WARM,
  );
}
