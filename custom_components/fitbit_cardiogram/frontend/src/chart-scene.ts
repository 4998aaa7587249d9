/** The scene to draw: the columns of a view, and all that is known around them as far as it is wanted. */

import type { ChartConfig } from "./chart-config";
import type { Drawn } from "./chart-drawn";
import type { ChartSessions } from "./chart-sessions";
import { boundsOf, type Columns } from "./columns";
import type { Annotations, Day, Span, Workout } from "./contract";
import type { Formats } from "./formats";
import type { Peak, Scene } from "./plot-layers";
import { type Session, spanOf } from "./sessions";
import { text } from "./texts";
import { bpmBounds } from "./ticks";
import { colourSteps, scaleOf } from "./zones";

/** Bounds of the axis while nothing is there to be shown. */
const RESTFUL: [number, number] = [60, 100];
/** Seconds around a workout within which the highest heart rate counts as its own. */
const AROUND = 60;

export interface Known {
  drawn: Drawn;
  annotations: Annotations | undefined;
  sessions: ChartSessions;
  config: ChartConfig;
  formats: Formats;
  isLive: boolean;
}

export function sceneOf({ drawn, annotations, sessions, config, formats, isLive }: Known): Scene {
  const { view, columns } = drawn;
  const days = annotations?.days ?? [];
  const [hasZones, hasResting] = [config.zones !== false, config.resting !== false];
  const hasBand = config.band !== false && !columns.single;
  const resting = hasResting ? restingIn(days, view) : undefined;
  const [low, high] = boundsOf(columns, view, hasBand) ?? RESTFUL;
  const shown = sessions.in(view);
  const now = Date.now() / 1000;
  return {
    view,
    columns,
    bpm: bpmBounds(Math.min(low, resting ?? low), high),
    scale: hasZones ? scaleOf(days, view) : [],
    steps: hasZones ? colourSteps(days, view) : [],
    days: hasResting ? days : [],
    resting: text(formats.language, "resting_line", {
      bpm: resting === undefined ? "" : formats.number(resting),
    }),
    alerts: config.alerts === false ? [] : (annotations?.alerts ?? []),
    hasAlerts: config.alerts !== false,
    sessions: shown.map((session) => ({ ...spanOf(session, now), look: session.look })),
    peak: peakOf(columns, view, shown, formats, now),
    hasNames: sessions.named(view).length > 0,
    hasBand,
    isLive,
    formats,
  };
}

/** Return the resting heart rate of the last day in view. */
export function restingIn(days: Day[], { start, end }: Span): number | undefined {
  const day = days.findLast(
    ({ resting, end: until, start: from }) => resting !== null && until > start && from < end,
  );
  return day?.resting ?? undefined;
}

/** Return the highest heart rate of a view; in a workout, also how it fell after it. Days have none to point at. */
function peakOf(
  columns: Columns,
  view: Span,
  sessions: Session[],
  formats: Formats,
  now: number,
): Peak | undefined {
  if (columns.hours) return undefined;
  let found = -1;
  for (let index = 0; index < columns.x.length; index++) {
    const [time, bpm] = [columns.x[index] as number, columns.max[index]];
    if (bpm == null || time < view.start || time > view.end) continue;
    if (found < 0 || bpm > (columns.max[found] as number)) found = index;
  }
  if (found < 0) return undefined;
  const [time, bpm] = [columns.x[found] as number, columns.max[found] as number];
  const highest = formats.number(bpm);
  const workout = sessions.find((session) => {
    const { start, end } = spanOf(session, now);
    return session.look === "workout" && time >= start - AROUND && time <= end + AROUND;
  })?.source as Workout | undefined;
  const words = workout?.recovery
    ? text(formats.language, "peak_recovery", { highest, change: formats.change(-workout.recovery) })
    : highest;
  return { time, bpm, words, isWorkout: Boolean(workout) };
}
