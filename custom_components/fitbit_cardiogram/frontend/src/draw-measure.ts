/** How long it takes from an answer to the frame that shows it, in the browser's own list of measures. */

import { type Loaded, timesOf } from "./data";

const DRAW = "fitbit-cardiogram:draw";

export class DrawMeasure {
  private measured: Loaded | undefined;

  /** Measure what has just been given to the plot, unless it was measured before. */
  note(loaded: Loaded | undefined): void {
    if (!loaded || loaded === this.measured) return;
    this.measured = loaded;
    const drawn = performance.now();
    requestAnimationFrame(() => {
      performance.clearMeasures(DRAW);
      performance.measure(DRAW, {
        start: loaded.arrived,
        end: performance.now(),
        detail: { points: timesOf(loaded.values).length, script: drawn - loaded.arrived },
      });
    });
  }
}
