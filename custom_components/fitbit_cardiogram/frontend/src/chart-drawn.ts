/** What is loaded, as it is drawn in a view: columns for the pixels, and what sums them up. */

import {
  type Columns,
  columnsOfBins,
  columnsOfBuckets,
  columnsOfDays,
  columnsOfSamples,
  cut,
  type Extremes,
  empty,
  extremesOf,
  lowerBound,
} from "./columns";
import type { Span } from "./contract";
import type { Loaded } from "./data";
import { binFor } from "./ranges";
import { timesInZones, timesOfDays, type ZoneTime } from "./zones";

export interface Drawn {
  loaded: Loaded | undefined;
  view: Span;
  pixels: number;
  columns: Columns;
  extremes: Extremes | undefined;
  zones: ZoneTime[];
}

const NOTHING = empty(true);

/** Return what to draw: what has been drawn before where nothing else is to be seen. */
export function drawnOf(
  before: Drawn | undefined,
  loaded: Loaded | undefined,
  view: Span,
  pixels: number,
): Drawn {
  const isSame = before?.loaded === loaded && before?.pixels === pixels;
  if (before && isSame && before.view === view) return before;
  const needsColumns = !before || !isSame || (loaded && "samples" in loaded.values);
  const columns = needsColumns ? columnsFor(loaded, view, pixels) : before.columns;
  return {
    loaded,
    view,
    pixels,
    columns,
    extremes: extremesOf(columns, view),
    zones: zonesFor(loaded, view),
  };
}

function columnsFor(loaded: Loaded | undefined, view: Span, pixels: number): Columns {
  if (!loaded) return NOTHING;
  const { values, annotations } = loaded;
  if ("days" in values) return columnsOfDays(values.days);
  if ("buckets" in values) return columnsOfBuckets(values.buckets, values.width);
  const { time } = values.samples;
  const span = view.end - view.start;
  const count = lowerBound(time, view.end) - lowerBound(time, view.start);
  const bin = binFor(count, span, pixels);
  const near = cut(values.samples, { start: view.start - span / 4, end: view.end + span / 4 });
  return bin ? columnsOfBins(near, bin, annotations.gap) : columnsOfSamples(near, annotations.gap);
}

function zonesFor(loaded: Loaded | undefined, view: Span): ZoneTime[] {
  if (!loaded) return [];
  const { values, annotations } = loaded;
  return "samples" in values
    ? timesInZones(values.samples, annotations.days, view, annotations.gap)
    : timesOfDays(annotations.days, view);
}
