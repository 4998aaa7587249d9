/** The point of the chart that is looked at: under a mouse, or put there by a key or a tap. */

import { type Columns, neighbour } from "./columns";
import type { Place, Plot } from "./plot";

export class ChartPointer {
  place: Place | undefined;
  /** Whether it has been put somewhere to stay. */
  isPinned = false;
  plot: Plot | undefined;

  constructor(private readonly changed: () => void) {}

  /** Take on where the plot has its cursor. */
  follow(place: Place | undefined): void {
    const before = this.place;
    if (place?.index === before?.index && place?.left === before?.left && place?.top === before?.top) return;
    this.place = place;
    this.changed();
  }

  /** Where it is, as a fraction of the width. */
  get fraction(): number | undefined {
    return this.place && this.place.left / (this.plot?.frame.width ?? 1);
  }

  pin(index: number | undefined): void {
    this.isPinned = index !== undefined;
    this.plot?.pointAt(index);
  }

  pinAt(fraction: number): void {
    this.pin(this.plot?.at(fraction));
  }

  leave(): void {
    if (this.place || this.isPinned) this.pin(undefined);
  }

  /** Return the point so many further along; from nowhere, the one at the edge. */
  next(columns: Columns, by: number): number | undefined {
    if (!this.place) return this.plot?.at(by < 0 ? 1 : 0);
    let { index } = this.place;
    for (let count = Math.abs(by); count; count--) index = neighbour(columns, index, Math.sign(by)) ?? index;
    return index;
  }
}
