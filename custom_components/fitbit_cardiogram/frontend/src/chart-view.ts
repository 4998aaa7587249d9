/** What part of time the chart shows, and how it moves. */

import type { Shown } from "./chart-sessions";
import type { Span } from "./contract";
import { moved, RANGES, type Range, within, zoomed } from "./ranges";

/** Seconds that the end of a view may lie behind the present and still go with it. */
const PRESENT = 5;
/** Where a time that is gone to lies in the view. */
const AT = 0.9;
/** A view that goes with the present keeps to it while it is zoomed this near to its end. */
const NEAR_END = 0.9;

const present = () => Date.now() / 1000;

export class ChartView {
  view: Span = { start: 0, end: 0 };
  isLive = true;

  constructor(private readonly changed: () => void) {}

  get shown(): Shown {
    return { view: this.view, isLive: this.isLive };
  }

  private get span(): number {
    return this.view.end - this.view.start;
  }

  /** Show the last hour, day or year until now. */
  showLast(range: Range): void {
    this.upTo(RANGES[range]);
  }

  /** Show a range around where the view is; where it went with the present, it still does. */
  choose(range: Range): void {
    if (this.isLive) this.showLast(range);
    else this.go({ start: this.view.end - RANGES[range], end: this.view.end });
  }

  go(view: Span): void {
    const now = present();
    this.view = within(view, now);
    this.isLive = this.view.end >= now - PRESENT;
    this.changed();
  }

  /** Move by so many times what is shown. */
  move(by: number): void {
    this.go(moved(this.view, by));
  }

  zoom(factor: number, at?: number): void {
    const fraction = at ?? (this.isLive ? 1 : 0.5);
    this.go(zoomed(this.view, factor, this.isLive && fraction > NEAR_END ? 1 : fraction));
  }

  toNow(): void {
    this.upTo(this.span);
  }

  toTime(time: number): void {
    this.go({ start: time - this.span * AT, end: time + this.span * (1 - AT) });
  }

  /** Show again what was shown. */
  restore({ view, isLive }: Shown): void {
    if (isLive) this.upTo(view.end - view.start);
    else this.go(view);
  }

  /** Go on with the clock. */
  follow(): void {
    if (this.isLive) this.upTo(this.span);
  }

  private upTo(span: number): void {
    const end = present();
    this.view = { start: end - span, end };
    this.isLive = true;
    this.changed();
  }
}
