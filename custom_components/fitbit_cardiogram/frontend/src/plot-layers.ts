/** What is drawn behind the curve and in front of it, layer by layer; positions are in device pixels. */

import { type Colours, faded, zoneColour } from "./colours";
import type { Columns } from "./columns";
import type { Alert, Day, Span, Zone } from "./contract";
import type { Formats } from "./formats";
import { noonOf } from "./ranges";
import type { Look } from "./sessions";

export interface Scene {
  columns: Columns;
  view: Span;
  bpm: [number, number];
  /** The zones at the edge, and from which bpm on the line has which zone's colour; none without zones. */
  scale: Zone[];
  steps: { from: number; name: string }[];
  /** The days whose resting heart rate is drawn, and how it is named. */
  days: Day[];
  resting: string;
  alerts: Alert[];
  hasAlerts: boolean;
  sessions: Shade[];
  peak: Peak | undefined;
  /** Whether there are names of sessions above the plot. */
  hasNames: boolean;
  hasBand: boolean;
  /** Whether the view goes with the present. */
  isLive: boolean;
  formats: Formats;
}

export interface Shade extends Span {
  look: Look;
}

/** The highest heart rate, and what is said of it. */
export interface Peak {
  time: number;
  bpm: number;
  words: string;
  isWorkout: boolean;
}

/** What a layer is drawn on, and where times and heart rates are on it. */
export interface Ground {
  context: CanvasRenderingContext2D;
  /** Device pixels of a CSS pixel. */
  pixel: number;
  box: { left: number; top: number; width: number; height: number };
  scene: Scene;
  colours: Colours;
  x(time: number): number;
  y(bpm: number): number;
  /** Return a font of so many CSS pixels. */
  font(size: number, weight?: number): string;
}

export type Layer = (ground: Ground) => void;

interface LookOf {
  colour: keyof Colours;
  fill: number;
  until: number;
}

/** CSS pixels: the scale of the zones, and the space between its parts. */
const SCALE = { apart: 4, wide: 3, gap: 1.5 };
/** CSS pixels: how far an alert reaches in, and how far apart its marks are at least. */
const ALERT = { strip: 3, shade: 56, apart: 14 };
/** CSS pixels of a day from which on its resting heart rate is dashed. */
const DASHED = 12;
/** CSS pixels: the least width of a session, and the radius of its corners. */
const SESSION = { least: 2, round: 4 };
/** How sessions are drawn: the colour, how dense it is, and up to how many seconds to a pixel. */
const LOOKS: Record<Look, LookOf> = {
  workout: { colour: "workout", fill: 0.13, until: 15 * 60 },
  night: { colour: "sleep", fill: 0.11, until: Number.POSITIVE_INFINITY },
  nap: { colour: "sleep", fill: 0.07, until: Number.POSITIVE_INFINITY },
};
/** CSS pixels: the dot of the newest sample, and how old it may be, in seconds. */
const NOW = { radius: 3.5, fresh: 3600 };
const HOURS_OF_DAY = 24;
/** The share of the view that words take. */
const WORDS = 0.08;

export const BEHIND: Layer[] = [sessions, scale];
export const IN_FRONT: Layer[] = [resting, alerts, hoursBeyond, peak, newest];

/** Keep within the plot. */
function clip({ context, box }: Ground): void {
  context.beginPath();
  context.rect(box.left, box.top, box.width, box.height);
  context.clip();
}

/** Write words with a rim, so that they can be read on the curve. */
function write({ context, pixel, colours, font }: Ground, words: string, x: number, y: number): void {
  context.font = font(11, 500);
  context.lineJoin = "round";
  context.lineWidth = 3 * pixel;
  context.strokeStyle = colours.ground;
  context.strokeText(words, x, y);
  context.fillText(words, x, y);
}

/** Draw the zones as a thin scale at the edge, a person's own ones beside it. */
function scale({ context, pixel, box, scene, colours, y }: Ground): void {
  for (const zone of scene.scale) {
    const [low, high] = [zone.min ?? scene.bpm[0], (zone.max ?? scene.bpm[1]) + 1];
    const [bottom, top] = [y(low) - SCALE.gap * pixel, y(high)];
    if (bottom <= top) continue;
    const left = box.left + box.width + (zone.custom ? 0 : SCALE.apart * pixel);
    context.fillStyle = zoneColour(colours, zone);
    context.beginPath();
    context.roundRect(left, top, SCALE.wide * pixel, bottom - top, SCALE.wide * pixel);
    context.fill();
  }
}

function sessions(ground: Ground): void {
  const { context, pixel, box, scene, colours, x } = ground;
  const { start, end } = scene.view;
  const secondsToPixel = (end - start) / Math.max(box.width / pixel, 1);
  for (const session of scene.sessions) {
    const { colour, fill, until } = LOOKS[session.look];
    if (secondsToPixel > until) continue;
    const left = x(session.start);
    const width = Math.max(x(session.end) - left, SESSION.least * pixel);
    context.fillStyle = faded(colours[colour], fill);
    context.beginPath();
    context.roundRect(left, box.top, width, box.height, Math.min(SESSION.round * pixel, width / 4));
    context.fill();
  }
}

/** Draw the resting heart rate: where a point stands for a day it is the main line, else one beside the curve. */
function resting(ground: Ground): void {
  const { context, pixel, scene, colours, x, y } = ground;
  const { view } = scene;
  const days = scene.days.filter(
    ({ start, end, resting: bpm }) => bpm !== null && end > view.start && start < view.end,
  );
  const last = days.at(-1);
  if (!last) return;
  clip(ground);
  context.beginPath();
  const isMain = Boolean(scene.columns.hours);
  let before: number | undefined;
  for (const day of days) {
    const height = y(day.resting as number);
    const times = isMain ? [noonOf(day)] : [day.start, day.end];
    for (const [index, time] of times.entries()) {
      if (!index && before !== day.start) context.moveTo(x(time), height);
      else context.lineTo(x(time), height);
    }
    before = day.end;
  }
  const perDay = (x(last.end) - x((days[0] as Day).start)) / days.length;
  if (!isMain && perDay > DASHED * pixel) context.setLineDash([4 * pixel, 4 * pixel]);
  context.lineWidth = (isMain ? 2 : 1.25) * pixel;
  context.lineJoin = "round";
  context.strokeStyle = colours.resting;
  context.stroke();
  context.setLineDash([]);
  const isBelow = meanBefore(Math.min(last.end, view.end), scene) >= (last.resting as number);
  context.textAlign = "right";
  context.textBaseline = isBelow ? "top" : "bottom";
  context.fillStyle = colours.resting;
  const apart = (isBelow ? 4 : -3) * pixel;
  write(ground, scene.resting, x(last.end) - 6 * pixel, y(last.resting as number) + apart);
}

/** Return how high the curve is where words end, so that they can keep away from it. */
function meanBefore(end: number, { columns, view }: Scene): number {
  const from = end - (view.end - view.start) * WORDS;
  const means = columns.mean.filter(
    (mean, index) =>
      mean !== null && (columns.x[index] as number) >= from && (columns.x[index] as number) <= end,
  ) as number[];
  return means.reduce((sum, mean) => sum + mean / means.length, 0);
}

function alerts(ground: Ground): void {
  const { context, pixel, box, scene, colours, x } = ground;
  const { view } = scene;
  clip(ground);
  const marked = { high: Number.NEGATIVE_INFINITY, low: Number.NEGATIVE_INFINITY };
  for (const { kind, start, end } of scene.alerts) {
    if (end <= view.start || start >= view.end) continue;
    const colour = colours[kind];
    const [from, to] = [x(start), x(end)];
    const width = Math.max(to - from, 3 * pixel);
    const middle = (from + to) / 2;
    const left = middle - width / 2;
    const edge = kind === "high" ? box.top : box.top + box.height;
    const inwards = kind === "high" ? pixel : -pixel;
    const fill = (depth: number) =>
      context.fillRect(left, Math.min(edge, edge + inwards * depth), width, depth * pixel);
    if (to - from > 3 * pixel) {
      const shade = context.createLinearGradient(0, edge, 0, edge + inwards * ALERT.shade);
      shade.addColorStop(0, faded(colour, 0.25));
      shade.addColorStop(1, faded(colour, 0));
      context.fillStyle = shade;
      fill(ALERT.shade);
    }
    context.fillStyle = colour;
    fill(ALERT.strip);
    if (middle - marked[kind] < ALERT.apart * pixel) continue;
    marked[kind] = middle;
    context.beginPath();
    context.moveTo(middle - 5 * pixel, edge + inwards * (ALERT.strip - 0.5));
    context.lineTo(middle + 5 * pixel, edge + inwards * (ALERT.strip - 0.5));
    context.lineTo(middle, edge + inwards * (ALERT.strip + 5.5));
    context.fill();
  }
}

/** Draw at the edge how many hours of each day were beyond a limit: the more, the denser. */
function hoursBeyond(ground: Ground): void {
  const { context, pixel, box, scene, colours, x } = ground;
  const { columns, view, hasAlerts } = scene;
  if (!columns.hours || !hasAlerts) return;
  clip(ground);
  const strip = ALERT.strip * pixel;
  for (const kind of ["high", "low"] as const) {
    const top = kind === "high" ? box.top : box.top + box.height - strip;
    for (const [index, hours] of columns.hours[kind].entries()) {
      const [from, to] = [columns.from[index] as number, columns.to[index] as number];
      if (!hours || to <= view.start || from >= view.end) continue;
      context.fillStyle = faded(colours[kind], 0.4 + (0.6 * hours) / HOURS_OF_DAY);
      context.fillRect(x(from), top, Math.max(x(to) - x(from) - pixel, pixel), strip);
    }
  }
}

/** Say at the highest heart rate how high it was, and how it fell. */
function peak(ground: Ground): void {
  const { context, pixel, box, scene, colours, x, y, font } = ground;
  if (!scene.peak) return;
  const { time, bpm, words, isWorkout } = scene.peak;
  context.font = font(11, 500);
  const room = context.measureText(words).width + 8 * pixel;
  const isLeft = x(time) + room > box.left + box.width;
  context.textAlign = isLeft ? "right" : "left";
  context.textBaseline = "middle";
  context.fillStyle = isWorkout ? colours.workout : colours.text;
  const top = Math.max(y(bpm) - 6 * pixel, box.top + 8 * pixel);
  write(ground, words, x(time) + (isLeft ? -6 : 6) * pixel, top);
}

/** Draw a dot where the curve ends for now. */
function newest({ context, pixel, scene, colours, x, y }: Ground): void {
  const { columns, view, isLive, steps } = scene;
  const last = columns.x.length - 1;
  const [time, bpm] = [columns.to[last], columns.mean[last]];
  if (!isLive || columns.hours || time === undefined || bpm == null || view.end - time > NOW.fresh) return;
  const zone = steps.findLast(({ from }) => from <= bpm)?.name;
  context.fillStyle = zone ? zoneColour(colours, { name: zone, custom: false }) : colours.line;
  context.strokeStyle = colours.ground;
  context.lineWidth = 1.5 * pixel;
  context.beginPath();
  context.arc(x(columns.x[last] as number), y(bpm), NOW.radius * pixel, 0, 2 * Math.PI);
  context.fill();
  context.stroke();
}
