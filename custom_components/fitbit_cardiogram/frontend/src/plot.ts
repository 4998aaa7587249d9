/** The drawing: heart rates on uPlot's axes, between the layers of what is known about them. */

import uPlot from "uplot";
import { type Colours, coloursOf, faded, zoneColour } from "./colours";
import { type Columns, nearest, neighbour } from "./columns";
import { BEHIND, type Ground, IN_FRONT, type Layer, type Scene } from "./plot-layers";
import { ticks } from "./ticks";

export interface Place {
  index: number;
  /** Where the point is drawn, in CSS pixels within the plot. */
  left: number;
  top: number;
}

/** CSS pixels that labels of times take. */
const LABEL = { apart: 62, half: 16 };
const AXIS = { font: 11, wide: 34, high: 24 };
/** CSS pixels above the plot, without and with names. */
const TOP = { bare: 8, named: 30 };
/** CSS pixels right of the plot, with and without the scale of the zones. */
const RIGHT = { bare: 4, scaled: 10 };
/** CSS pixels: the curve, and where it stands back behind the resting heart rate. */
const LINE = { main: 1.75, back: 1.25 };
/** How dense the band is, around the curve and where it stands back. */
const BAND = { main: 0.26, back: 0.16 };
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
        padding: [
          () => (this.scene.hasNames ? TOP.named : TOP.bare),
          () => (this.scene.scale.length ? RIGHT.scaled : RIGHT.bare),
          0,
          0,
        ],
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
            width: LINE.main,
            stroke: () => this.heart(1),
            fill: () => this.glow(),
            points: { filter: () => this.marked(), size: 4.5, fill: () => this.heart(1) },
            spanGaps: false,
          },
        ],
        bands: [
          {
            series: [1, 2],
            fill: () =>
              this.scene.hasBand
                ? this.heart(this.scene.columns.hours ? BAND.back : BAND.main)
                : "transparent",
          },
        ],
        hooks: {
          drawClear: [() => this.paint(BEHIND)],
          draw: [() => this.paint(IN_FRONT)],
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
    const hasOtherEdges =
      scene.hasNames !== this.scene.hasNames || !scene.scale.length !== !this.scene.scale.length;
    this.scene = scene;
    const curve = this.chart.series[3] as uPlot.Series;
    curve.width = scene.columns.hours && scene.days.length ? LINE.back : LINE.main;
    this.chart.batch(() => {
      // Else the edges would be measured anew only with another axis.
      if (hasOtherEdges) this.chart.redraw(false, true);
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

  /** Return what fills the space below the curve: that of days is taken by the resting heart rate. */
  private glow(): CanvasGradient | string {
    if (this.scene.columns.hours) return "transparent";
    const { top, height } = this.chart.bbox;
    const gradient = this.chart.ctx.createLinearGradient(0, top, 0, top + height);
    const colour = this.scene.steps.length ? this.colours.light : this.colours.line;
    gradient.addColorStop(0, faded(colour, 0.16));
    gradient.addColorStop(1, faded(colour, 0));
    return gradient;
  }

  private paint(layers: Layer[]): void {
    const { ctx, bbox } = this.chart;
    const { scene, colours } = this;
    const { view, bpm } = scene;
    const inside = (value: number, [low, high]: [number, number]) => Math.min(Math.max(value, low), high);
    const ground: Ground = {
      context: ctx,
      pixel: devicePixelRatio,
      box: bbox,
      scene,
      colours,
      x: (time) => this.chart.valToPos(inside(time, [view.start, view.end]), "x", true),
      y: (value) => this.chart.valToPos(inside(value, bpm), "y", true),
      font: (size, weight) => this.font(size * devicePixelRatio, weight),
    };
    for (const layer of layers) {
      ctx.save();
      layer(ground);
      ctx.restore();
    }
  }
}

function aligned({ x, mean, high, low }: Columns): uPlot.AlignedData {
  return [x, high, low, mean];
}
