/** The drawing: heart rates on uPlot's axes, with what is known about them around. */

import uPlot from "uplot";
import { type Colours, coloursOf, faded, zoneColour } from "./colours";
import { type Columns, nearest, neighbour } from "./columns";
import type { Alert, Day, Span } from "./contract";
import type { Formats } from "./formats";
import type { Look } from "./sessions";
import { ticks } from "./ticks";
import type { Band } from "./zones";

export interface Scene {
  columns: Columns;
  view: Span;
  bpm: [number, number];
  /** The bands behind, and from which bpm on the line has which zone's colour; none without zones. */
  bands: Band[];
  steps: { from: number; name: string }[];
  /** The days whose resting heart rate is drawn. */
  days: Day[];
  alerts: Alert[];
  sessions: Shade[];
  /** Whether there are names of sessions above the plot. */
  hasNames: boolean;
  hasBand: boolean;
  formats: Formats;
}

export interface Shade extends Span {
  look: Look;
}

export interface Place {
  index: number;
  /** Where the point is drawn, in CSS pixels within the plot. */
  left: number;
  top: number;
}

interface LookOf {
  colour: keyof Colours;
  fill: number;
  narrow: number;
  sides: number;
  line: number;
  until: number;
}

/** CSS pixels that labels of times take. */
const LABEL = { apart: 62, half: 16 };
const AXIS = { font: 11, wide: 34, high: 24 };
/** CSS pixels: how far an alert reaches in, and how far apart its marks are at least. */
const ALERT = { strip: 3, shade: 56, apart: 14 };
/** CSS pixels of a day from which on its resting heart rate is dashed. */
const DASHED = 12;
/** CSS pixels above the plot, without and with names. */
const TOP = { bare: 8, named: 30 };
/** CSS pixels: the least width of a session, and that from which on it has edges. */
const SESSION = { least: 2, edged: 8 };
/**
 * How sessions are drawn: the colour, how dense it is, also where they are narrow and at the sides, the CSS pixels
 * of the line along the top, and up to how many seconds to a pixel.
 */
const LOOKS: Record<Look, LookOf> = {
  workout: { colour: "workout", fill: 0.14, narrow: 0.3, sides: 0.6, line: 0, until: 15 * 60 },
  night: { colour: "sleep", fill: 0.12, narrow: 0.12, sides: 0, line: 3, until: Number.POSITIVE_INFINITY },
  nap: { colour: "sleep", fill: 0.07, narrow: 0.07, sides: 0, line: 1.5, until: Number.POSITIVE_INFINITY },
};
const BLEND = 2;
/** CSS pixels: a cursor further away from any point stands in a gap. */
const REACH = 28;
/** CSS pixels between points from which on each is marked. */
const SPARSE = 14;

export class Plot {
  private readonly chart: uPlot;
  private colours: Colours;
  private scene: Scene;

  constructor(
    private readonly parent: HTMLElement,
    scene: Scene,
    pointed: (place: Place | undefined) => void,
  ) {
    this.scene = scene;
    this.colours = coloursOf(parent);
    const axis: uPlot.Axis = {
      stroke: () => this.colours.text,
      grid: { stroke: () => faded(this.colours.grid, 0.7), width: 1 },
      ticks: { show: false },
      gap: 6,
    };
    this.chart = new uPlot(
      {
        ...this.size(),
        legend: { show: false },
        padding: [() => (this.scene.hasNames ? TOP.named : TOP.bare), 4, 0, 0],
        focus: { alpha: 1 },
        cursor: {
          y: false,
          drag: { x: false, y: false, setScale: false },
          points: { show: false },
          move: (_chart, left, top) => [this.snap(left), top],
        },
        scales: {
          x: { time: false, auto: false },
          y: { auto: false, range: () => this.scene.bpm },
        },
        axes: [
          {
            ...axis,
            size: AXIS.high,
            grid: { show: false },
            splits: () => this.marks().map(({ time }) => time),
            values: () => this.marks().map(({ label }) => label),
          },
          {
            ...axis,
            size: AXIS.wide,
            space: 34,
            incrs: [10, 20, 50, 100],
            values: (_chart, bpm) => bpm.map((each) => `${each}`),
          },
        ],
        series: [
          {},
          { width: 0, points: { show: false } },
          { width: 0, points: { show: false } },
          {
            width: 1.75,
            stroke: () => this.heart(1),
            fill: () => this.glow(),
            points: { filter: () => this.marked(), size: 4.5, fill: () => this.heart(1) },
            spanGaps: false,
          },
        ],
        bands: [{ series: [1, 2], fill: () => (this.scene.hasBand ? this.heart(0.26) : "transparent") }],
        hooks: {
          drawClear: [() => this.drawZones(), () => this.drawSessions()],
          draw: [() => this.drawResting(), () => this.drawAlerts()],
          setCursor: [() => pointed(this.place())],
        },
      },
      aligned(scene.columns),
      parent,
    );
    this.show(scene);
  }

  get over(): HTMLElement {
    return this.chart.over;
  }

  /** Where the plot itself is within its parent, in CSS pixels. */
  get frame(): { left: number; top: number; width: number; height: number } {
    // Asking the page would have it laid out in the midst of things.
    const { left, top, width, height } = this.chart.bbox;
    const pixel = devicePixelRatio;
    return { left: left / pixel, top: top / pixel, width: width / pixel, height: height / pixel };
  }

  show(scene: Scene): void {
    const isSame = scene.columns === this.scene.columns;
    this.scene = scene;
    this.chart.batch(() => {
      if (!isSame) this.chart.setData(aligned(scene.columns), false);
      this.chart.setScale("x", { min: scene.view.start, max: scene.view.end });
      this.chart.setScale("y", { min: scene.bpm[0], max: scene.bpm[1] });
    });
  }

  /** Draw anew with the colours of the theme. */
  redraw(): void {
    this.dress();
    this.chart.redraw(true, true);
  }

  resize(): void {
    const { width, height } = this.size();
    this.dress();
    if (width !== this.chart.width || height !== this.chart.height) this.chart.setSize({ width, height });
    else this.chart.redraw(true, true);
  }

  /** Put the cursor on a point, or take it away. */
  pointAt(index: number | undefined): void {
    const x = index === undefined ? undefined : this.scene.columns.x[index];
    this.chart.setCursor({ left: x === undefined ? -10 : this.chart.valToPos(x, "x"), top: 10 });
  }

  /** Return the point that is nearest to a fraction of the width. */
  at(fraction: number): number | undefined {
    const { columns, view } = this.scene;
    const index = nearest(columns, view.start + (view.end - view.start) * fraction);
    if (index === undefined) return undefined;
    const time = columns.x[index] as number;
    const inwards = time < view.start ? 1 : time > view.end ? -1 : 0;
    return inwards ? neighbour(columns, index, inwards) : index;
  }

  destroy(): void {
    this.chart.destroy();
  }

  /** Take on the theme's colours and letters. */
  private dress(): void {
    this.colours = coloursOf(this.parent);
    const size = AXIS.font * devicePixelRatio;
    for (const axis of this.chart.axes) {
      // uPlot keeps a font together with its size in device and in CSS pixels.
      const font: unknown = [this.font(size), size, AXIS.font];
      axis.font = font as string;
    }
  }

  private font(size: number, weight = 400): string {
    return `${weight} ${size}px ${getComputedStyle(this.parent).fontFamily || "sans-serif"}`;
  }

  private size(): { width: number; height: number } {
    return { width: Math.max(this.parent.clientWidth, 60), height: Math.max(this.parent.clientHeight, 60) };
  }

  private snap(left: number): number {
    const index = left < 0 ? undefined : nearest(this.scene.columns, this.chart.posToVal(left, "x"));
    if (index === undefined) return -10;
    const position = this.chart.valToPos(this.scene.columns.x[index] as number, "x");
    const isNear = Math.abs(position - left) <= REACH && position >= -1 && position <= this.frame.width + 1;
    return isNear ? position : -10;
  }

  private place(): Place | undefined {
    const left = this.chart.cursor.left ?? -10;
    if (left < -1) return undefined;
    const index = nearest(this.scene.columns, this.chart.posToVal(left, "x"));
    if (index === undefined) return undefined;
    return { index, left, top: this.chart.valToPos(this.scene.columns.mean[index] as number, "y") };
  }

  private marks() {
    const { view, formats } = this.scene;
    const width = this.chart.bbox.width / devicePixelRatio;
    const pixel = (view.end - view.start) / Math.max(width, 1);
    // The last one has to have room for its label.
    return ticks({ start: view.start, end: view.end - LABEL.half * pixel }, pixel * LABEL.apart, formats);
  }

  /** Return the points to mark: all where there is room, else those that have no line. */
  private marked(): number[] | null {
    const { columns, view } = this.scene;
    const { x, mean } = columns;
    const pixel = (view.end - view.start) / Math.max(this.frame.width, 1);
    const found: number[] = [];
    for (let index = 0; index < x.length; index++) {
      if (mean[index] == null) continue;
      const time = x[index] as number;
      const [before, after] = [index > 0 && mean[index - 1] != null, mean[index + 1] != null];
      const isSparse =
        (!before || time - (x[index - 1] as number) > SPARSE * pixel) &&
        (!after || (x[index + 1] as number) - time > SPARSE * pixel);
      if ((!before && !after) || isSparse) found.push(index);
    }
    return found;
  }

  /** Return the line's colour, which is that of the zone that it is in. */
  private heart(alpha: number): CanvasGradient | string {
    const { steps, bpm } = this.scene;
    if (!steps.length) return faded(this.colours.line, alpha);
    const { top, height } = this.chart.bbox;
    const gradient = this.chart.ctx.createLinearGradient(0, top + height, 0, top);
    const stop = (at: number, colour: string) => {
      const share = (at - bpm[0]) / (bpm[1] - bpm[0]);
      gradient.addColorStop(Math.min(Math.max(share, 0), 1), faded(colour, alpha));
    };
    let colour = this.colours.below;
    stop(0, colour);
    for (const { from, name } of steps) {
      const next = zoneColour(this.colours, { name, custom: false });
      stop(from - BLEND, colour);
      stop(from + BLEND, next);
      colour = next;
    }
    return gradient;
  }

  private glow(): CanvasGradient {
    const { top, height } = this.chart.bbox;
    const gradient = this.chart.ctx.createLinearGradient(0, top, 0, top + height);
    const colour = this.scene.steps.length ? this.colours.light : this.colours.line;
    gradient.addColorStop(0, faded(colour, 0.16));
    gradient.addColorStop(1, faded(colour, 0));
    return gradient;
  }

  /** Draw within the plot's bounds; positions are in device pixels. */
  private draw(paint: (context: CanvasRenderingContext2D, pixel: number) => void): void {
    const { ctx, bbox } = this.chart;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    paint(ctx, devicePixelRatio);
    ctx.restore();
  }

  private x(time: number): number {
    const { start, end } = this.scene.view;
    return this.chart.valToPos(Math.min(Math.max(time, start), end), "x", true);
  }

  private y(bpm: number): number {
    const [low, high] = this.scene.bpm;
    return this.chart.valToPos(Math.min(Math.max(bpm, low), high), "y", true);
  }

  private drawZones(): void {
    this.draw((context, pixel) => {
      for (const { start, end, zone } of this.scene.bands) {
        const [left, right] = [this.x(start), this.x(end)];
        const [bottom, top] = [
          this.y(zone.min === null ? 0 : zone.min - 0.5),
          this.y(zone.max === null ? 999 : zone.max + 0.5),
        ];
        if (bottom <= top) continue;
        const colour = zoneColour(this.colours, zone);
        context.fillStyle = faded(colour, zone.custom ? 0.07 : 0.09);
        context.fillRect(left, top, right - left, bottom - top);
        if (!zone.custom) continue;
        context.fillStyle = faded(colour, 0.5);
        for (const edge of [top, bottom - pixel]) context.fillRect(left, edge, right - left, pixel);
      }
    });
  }

  private drawSessions(): void {
    const { view, sessions } = this.scene;
    const scale = (view.end - view.start) / Math.max(this.frame.width, 1);
    this.draw((context, pixel) => {
      const { top, height } = this.chart.bbox;
      for (const { start, end, look } of sessions) {
        const { colour, fill, narrow, sides, line, until } = LOOKS[look];
        if (scale > until) continue;
        const left = this.x(start);
        const right = Math.max(this.x(end), left + SESSION.least * pixel);
        const isNarrow = (right - left) / pixel < SESSION.edged;
        context.fillStyle = faded(this.colours[colour], isNarrow ? narrow : fill);
        context.fillRect(left, top, right - left, height);
        context.fillStyle = this.colours[colour];
        context.fillRect(left, top, right - left, line * pixel);
        if (isNarrow || !sides) continue;
        context.fillStyle = faded(this.colours[colour], sides);
        for (const edge of [left, right - pixel]) context.fillRect(edge, top, pixel, height);
      }
    });
  }

  private drawResting(): void {
    const days = this.scene.days.filter(
      ({ start, end, resting }) =>
        resting !== null && end > this.scene.view.start && start < this.scene.view.end,
    );
    const last = days.at(-1);
    if (!last) return;
    this.draw((context, pixel) => {
      context.beginPath();
      let end: number | undefined;
      for (const day of days) {
        const y = this.y(day.resting as number);
        if (end === day.start) context.lineTo(this.x(day.start), y);
        else context.moveTo(this.x(day.start), y);
        context.lineTo(this.x(day.end), y);
        end = day.end;
      }
      const perDay = (this.x(last.end) - this.x((days[0] as Day).start)) / days.length;
      if (perDay > DASHED * pixel) context.setLineDash([5 * pixel, 4 * pixel]);
      context.lineWidth = 1.25 * pixel;
      context.strokeStyle = this.colours.resting;
      context.stroke();
      context.setLineDash([]);
      const [x, y] = [this.x(last.end) - 6 * pixel, this.y(last.resting as number)];
      context.font = this.font(11 * pixel, 600);
      context.textAlign = "right";
      context.textBaseline = "bottom";
      context.lineJoin = "round";
      context.lineWidth = 4 * pixel;
      context.strokeStyle = this.colours.ground;
      context.fillStyle = this.colours.resting;
      context.strokeText(`${last.resting}`, x, y - 2 * pixel);
      context.fillText(`${last.resting}`, x, y - 2 * pixel);
    });
  }

  private drawAlerts(): void {
    const { view } = this.scene;
    const { top, height } = this.chart.bbox;
    this.draw((context, pixel) => {
      const marked = { high: Number.NEGATIVE_INFINITY, low: Number.NEGATIVE_INFINITY };
      for (const { kind, start, end } of this.scene.alerts) {
        if (end <= view.start || start >= view.end) continue;
        const colour = this.colours[kind];
        const [from, to] = [this.x(start), this.x(end)];
        const width = Math.max(to - from, 3 * pixel);
        const middle = (from + to) / 2;
        const left = middle - width / 2;
        const edge = kind === "high" ? top : top + height;
        const inwards = kind === "high" ? pixel : -pixel;
        const box = (depth: number) =>
          context.fillRect(left, Math.min(edge, edge + inwards * depth), width, depth * pixel);
        if (to - from > 3 * pixel) {
          const shade = context.createLinearGradient(0, edge, 0, edge + inwards * ALERT.shade);
          shade.addColorStop(0, faded(colour, 0.25));
          shade.addColorStop(1, faded(colour, 0));
          context.fillStyle = shade;
          box(ALERT.shade);
        }
        context.fillStyle = colour;
        box(ALERT.strip);
        if (middle - marked[kind] < ALERT.apart * pixel) continue;
        marked[kind] = middle;
        context.beginPath();
        context.moveTo(middle - 5 * pixel, edge + inwards * (ALERT.strip - 0.5));
        context.lineTo(middle + 5 * pixel, edge + inwards * (ALERT.strip - 0.5));
        context.lineTo(middle, edge + inwards * (ALERT.strip + 5.5));
        context.fill();
      }
    });
  }
}

function aligned({ x, mean, max, min }: Columns): uPlot.AlignedData {
  return [x, max, min, mean];
}
