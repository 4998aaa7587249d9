/** The sessions of the chart card: which there are, and the one that is open. */

import type { ChartConfig } from "./chart-config";
import type { Annotations, Span } from "./contract";
import { nightSession } from "./night-session";
import { inView, type Session, touching } from "./sessions";
import { workoutSession } from "./workout-session";

/** What the chart shows: a part of time, and whether it goes with the present. */
export interface Shown {
  view: Span;
  isLive: boolean;
}

export class ChartSessions {
  /** The session that is open. */
  opened: Session | undefined;
  /** What was shown before it was opened. */
  private before: Shown | undefined;
  private all: Session[] = [];
  private madeOf: unknown[] = [];

  /** Take on what is known now, also of the open session. */
  take(annotations: Annotations | undefined, { workouts, sleep }: ChartConfig): void {
    const source = [annotations, workouts, sleep];
    if (source.every((each, index) => each === this.madeOf[index]) && this.madeOf.length) return;
    this.madeOf = source;
    const quiet = sleep === false ? [] : (annotations?.nights ?? []);
    const loud = workouts === false ? [] : (annotations?.workouts ?? []);
    this.all = [...quiet.map(nightSession), ...loud.map(workoutSession)];
    this.all.sort((one, other) => one.start - other.start);
    this.opened = this.all.find(({ id }) => id === this.opened?.id) ?? this.opened;
  }

  /** Return the sessions in a part of time. */
  in(view: Span): Session[] {
    return inView(this.all, view, Date.now() / 1000);
  }

  /** Return the sessions with a name above the curve: that of the open one is in the head of the card. */
  named(view: Span): Session[] {
    return this.in(view).filter(({ id }) => id !== this.opened?.id);
  }

  /** Return those of the sessions in a view that a point lies in. */
  at(view: Span, point: Span): Session[] {
    return touching(this.in(view), point, Date.now() / 1000);
  }

  open(session: Session, shown: Shown): void {
    this.before ??= shown;
    this.opened = session;
  }

  /** Return what to show again. */
  close(): Shown | undefined {
    const { before } = this;
    this.opened = this.before = undefined;
    return before;
  }
}
