/** What is known of an account's heart rate in a view: fetched when needed, and again when it has changed. */

import {
  type Annotations,
  type Buckets,
  type DailyRanges,
  fetchAnnotations,
  fetchBuckets,
  fetchDays,
  fetchSamples,
  type Samples,
  type Span,
  subscribe,
} from "./contract";
import type { CommandError, Hass } from "./hass";
import { commandError } from "./hearing";
import { covers, type Plan, planFor } from "./ranges";

/** Milliseconds that a view has to stay before more is fetched for it. */
const SETTLE = 150;
/** Milliseconds between fetches that changes lead to. */
const THROTTLE = 5000;
const RETRY = 10_000;
/** Seconds: the width of buckets where the samples are too many. */
const MINUTE = 60;

export type Values = { samples: Samples } | { buckets: Buckets; width: number } | { days: DailyRanges };

/** Return the times of what was answered. */
export function timesOf(values: Values): number[] {
  if ("samples" in values) return values.samples.time;
  return "days" in values ? values.days.time : values.buckets.time;
}

export interface Loaded {
  plan: Plan;
  values: Values;
  annotations: Annotations;
  /** When the answer was here, by `performance.now()`. */
  arrived: number;
}

export class HeartRateData {
  loaded: Loaded | undefined;
  /** Time of the newest sample; null without any, undefined as long as that is not known. */
  latest: number | null | undefined;
  /** What the sign-in lacks the permission for. */
  lacks: string[] = [];
  error: CommandError | undefined;
  loading = false;

  private hass: Hass | undefined;
  private entryId: string | undefined;
  private wanted: Plan | undefined;
  /** What has been asked for last, as long as that is not answered, or was refused. */
  private asked: Plan | undefined;
  private shown: Span | undefined;
  private paused = false;
  /** Whether there was something to fetch while paused. */
  private isMissing = false;
  /** Answers to any but the last question are dropped. */
  private question = 0;
  private unsubscribe: (() => void) | undefined;
  private fetchTimer: number | undefined;
  private fetchDue = Number.POSITIVE_INFINITY;
  private fetched = Number.NEGATIVE_INFINITY;

  constructor(private readonly changed: () => void) {}

  /** Be about an account from now on. */
  follow(hass: Hass, entryId: string | undefined): void {
    this.hass = hass;
    if (entryId === this.entryId) return;
    this.stop();
    this.loaded = this.latest = this.error = this.wanted = this.asked = undefined;
    this.lacks = [];
    this.entryId = entryId;
    if (entryId) this.listen(hass, entryId);
  }

  stop(): void {
    clearTimeout(this.fetchTimer);
    this.fetchDue = Number.POSITIVE_INFINITY;
    this.fetched = Number.NEGATIVE_INFINITY;
    this.question++;
    this.unsubscribe?.();
    this.unsubscribe = this.entryId = undefined;
    this.loading = false;
  }

  /** Fetch nothing while nobody can see it. */
  pause(paused: boolean): void {
    if (this.paused === paused) return;
    this.paused = paused;
    if (!paused && this.isMissing) this.fetchIn(0);
  }

  /** See that a view can be drawn on so many pixels; what is here already stays until more is. */
  show(view: Span, pixels: number): void {
    this.wanted = planFor(view, pixels, Date.now() / 1000);
    const known = this.asked ?? this.loaded?.plan;
    if (known && covers(known, view, this.wanted)) return;
    if (view === this.shown && Number.isFinite(this.fetchDue)) return;
    this.shown = view;
    clearTimeout(this.fetchTimer);
    this.fetchDue = Number.POSITIVE_INFINITY;
    this.fetchIn(this.loaded ? SETTLE : 0);
  }

  private fetchIn(delay: number): void {
    const due = performance.now() + delay;
    if (due >= this.fetchDue) return;
    clearTimeout(this.fetchTimer);
    this.fetchDue = due;
    this.fetchTimer = setTimeout(() => {
      this.fetchDue = Number.POSITIVE_INFINITY;
      void this.fetch();
    }, delay);
  }

  private async fetch(): Promise<void> {
    const { hass, entryId, wanted } = this;
    if (!hass || !entryId || !wanted) return;
    this.isMissing = this.paused;
    if (this.paused) return;
    const question = ++this.question;
    this.asked = wanted;
    this.loading = true;
    this.fetched = performance.now();
    this.changed();
    try {
      const [values, annotations] = await Promise.all([
        fetchValues(hass, entryId, wanted),
        fetchAnnotations(hass, entryId, wanted),
      ]);
      if (question !== this.question) return;
      this.loaded = { plan: wanted, values, annotations, arrived: performance.now() };
      this.error = this.asked = undefined;
    } catch (error) {
      if (question !== this.question) return;
      this.fail(commandError(error));
      if (this.error?.code !== "unauthorized") this.fetchIn(RETRY);
    }
    this.loading = false;
    this.changed();
  }

  private listen(hass: Hass, entryId: string): void {
    let isFirst = true;
    this.unsubscribe = subscribe(
      hass,
      entryId,
      ({ latest, lacks }) => {
        this.latest = latest;
        this.lacks = lacks;
        // The first only says how things are.
        if (!isFirst) this.fetchIn(Math.max(this.fetched + THROTTLE - performance.now(), 0));
        isFirst = false;
        this.changed();
      },
      (error) => {
        this.fail(error);
        this.changed();
      },
    );
  }

  private fail(error: CommandError): void {
    this.error = error;
    if (error.code === "unauthorized") this.loaded = undefined;
  }
}

async function fetchValues(hass: Hass, entryId: string, plan: Plan): Promise<Values> {
  const { width, daily } = plan;
  if (daily) return { days: await fetchDays(hass, entryId, plan) };
  if (width !== undefined) return { buckets: await fetchBuckets(hass, entryId, plan, width), width };
  try {
    return { samples: await fetchSamples(hass, entryId, plan) };
  } catch (error) {
    if ((error as CommandError).code !== "too_many_values") throw error;
    return { buckets: await fetchBuckets(hass, entryId, plan, MINUTE), width: MINUTE };
  }
}
