/** The chart of an account's heart rate. */

import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import { accountOf } from "./account";
import { checkConfig, type ChartConfig, configForm, DEFAULT_RANGE, stubConfig } from "./chart-config";
import {
  type Columns,
  columnsOfBins,
  columnsOfBuckets,
  columnsOfDays,
  columnsOfSamples,
  cut,
  type Extremes,
  extremesOf,
  lowerBound,
  neighbour,
} from "./columns";
import type { Alert, Day, Span, Workout } from "./contract";
import { HeartRateData, type Loaded } from "./data";
import { exerciseName } from "./exercises";
import { type Formats, formatsOf } from "./formats";
import { listenToGestures } from "./gestures";
import type { Hass } from "./hass";
import { BACK, FORWARD, HEART, TO_NOW } from "./icons";
import { type Place, Plot, type Scene } from "./plot";
import { binFor, moved, noonOf, RANGE_NAMES, RANGES, type Range, rangeOf, within, zoomed } from "./ranges";
import { chartStyles } from "./styles";
import { type TextKey, text } from "./texts";
import { bpmBounds } from "./ticks";
import { workoutHead, workoutStrip, workoutZones } from "./workout-parts";
import { inView, spanOf, viewOf } from "./workouts";
import { bandsOf, colourSteps, ZONES, zonesAt, zoneTimes } from "./zones";

const DRAW = "fitbit-cardiogram:draw";
const NOTHING: Columns = { x: [], min: [], mean: [], max: [], count: [], from: [], to: [], single: true };
/** Bounds of the axis while nothing is there to be shown. */
const RESTFUL = { min: 60, mean: 80, max: 100 };
/** Seconds that the end of a view may lie behind the present and still go with it. */
const PRESENT = 5;
/** The refusals that there are words for. */
const SAID = ["unauthorized", "not_found", "home_assistant_error"];
const HINT_SHOWN = 2000;
const ROWS = 7;

interface Drawn {
  loaded: Loaded | undefined;
  view: Span;
  pixels: number;
  columns: Columns;
  extremes: Extremes | undefined;
}

interface Opened {
  workout: Workout;
  view: Span;
  isLive: boolean;
}

export class ChartCard extends LitElement {
  static override styles = chartStyles;
  static getConfigForm = configForm;
  static getStubConfig = stubConfig;

  @property({ attribute: false }) hass?: Hass;
  @state() private config?: ChartConfig;
  @state() private view: Span = { start: 0, end: 0 };
  @state() private cursor: Place | undefined;
  @state() private isDragging = false;
  @state() private isHinting = false;
  /** The workout that is open, and what was shown before. */
  @state() private opened: Opened | undefined;
  /** Anything of the data has changed. */
  @state() private version = 0;
  @query(".chart") private chart?: HTMLElement;
  @query(".plot") private ground?: HTMLElement;

  private isLive = true;
  private isVisible = true;
  /** Whether the cursor has been put somewhere to stay: by keys or a tap. */
  private isPinned = false;
  private plot: Plot | undefined;
  private drawn: Drawn | undefined;
  /** All that the plot's scene was made of. */
  private scenery: unknown[] | undefined;
  private measured: Loaded | undefined;
  private clock: number | undefined;
  private hint: number | undefined;
  private stopGestures: (() => void) | undefined;
  private readonly data = new HeartRateData(() => this.version++);
  private readonly resizes = new ResizeObserver(() => {
    this.plot?.resize();
    this.requestUpdate("version");
  });
  private readonly sights = new IntersectionObserver(([entry]) => this.see(Boolean(entry?.isIntersecting)));
  private readonly themes = new MutationObserver(() => this.plot?.redraw());
  private readonly seePage = () => this.see(this.isVisible);

  setConfig(config: ChartConfig): void {
    checkConfig(config);
    const range = config.range ?? DEFAULT_RANGE;
    const isOther = range !== (this.config?.range ?? DEFAULT_RANGE) || config.entity !== this.config?.entity;
    this.config = config;
    if (isOther) this.showRange(range);
  }

  getCardSize(): number {
    return Math.ceil(((this.config?.height ?? 260) + 150) / 50);
  }

  getGridOptions() {
    const isFixed = this.config?.height !== undefined;
    return { columns: 12, min_columns: 6, ...(isFixed ? {} : { rows: ROWS, min_rows: 5 }) };
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.sights.observe(this);
    this.themes.observe(document.documentElement, { attributeFilter: ["style", "class"] });
    document.addEventListener("visibilitychange", this.seePage);
    this.requestUpdate("version");
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.data.stop();
    this.dismantle();
    this.resizes.disconnect();
    this.sights.disconnect();
    this.themes.disconnect();
    document.removeEventListener("visibilitychange", this.seePage);
    window.clearTimeout(this.clock);
    window.clearTimeout(this.hint);
    this.clock = undefined;
  }

  protected override shouldUpdate(changed: PropertyValues): boolean {
    const before = changed.get("hass") as Hass | undefined;
    if (changed.size > 1 || !changed.has("hass") || !before || !this.hass) return true;
    const entity = this.config?.entity ?? "";
    return (
      before.states[entity] !== this.hass.states[entity] ||
      before.entities[entity] !== this.hass.entities[entity] ||
      before.devices !== this.hass.devices ||
      before.locale !== this.hass.locale ||
      before.themes !== this.hass.themes ||
      before.connection !== this.hass.connection
    );
  }

  protected override willUpdate(): void {
    if (!this.hass || !this.config || !this.isConnected) return;
    this.data.follow(this.hass, accountOf(this.hass, this.config.entity)?.entryId);
    this.refreshOpened();
    this.prepare();
  }

  protected override updated(changed: PropertyValues): void {
    if (!this.hass || !this.chart || !this.ground) {
      this.dismantle();
      return;
    }
    const { drawn, config } = this;
    const formats = formatsOf(this.hass);
    const isSame = this.scenery?.every((each, index) => each === [drawn, config, formats][index]);
    if (!this.plot) this.assemble(this.ground, this.scene(formats));
    else if (!isSame) this.plot.show(this.scene(formats));
    this.scenery = [drawn, config, formats];
    const before = changed.get("hass") as Hass | undefined;
    if (before && before.themes !== this.hass.themes) requestAnimationFrame(() => this.plot?.redraw());
    if (this.drawn) this.data.show(this.view, this.drawn.pixels);
    this.measure();
    this.tick();
  }

  override render(): TemplateResult {
    const { hass, config } = this;
    if (!hass || !config) return html`<ha-card></ha-card>`;
    const account = accountOf(hass, config.entity);
    if (!account) {
      const key = config.entity
        ? hass.states[config.entity] || hass.entities[config.entity]
          ? "no_account"
          : "no_entity"
        : "choose";
      return html`<ha-card><p class="alone">${this.say(key, { entity: config.entity })}</p></ha-card>`;
    }
    const formats = formatsOf(hass);
    const title = config.title ?? account.name;
    const period = formats.period(this.view.start, this.view.end);
    const fixed = config.height === undefined ? "" : `height:${config.height}px`;
    return html`
      <ha-card>
        <div class="card">
          ${
            this.opened
              ? workoutHead(formats, this.opened.workout, () => this.close())
              : html`<header>
                  <div class="title">
                    <h2>${title || this.say("title")}</h2>
                    <div class="period">${period}</div>
                  </div>
                  ${this.renderNumbers(formats)} ${this.renderNewest(hass, formats)}
                </header>`
          }
          <div
            class="chart ${fixed ? "fixed" : ""} ${this.isDragging ? "dragging" : ""}"
            style=${fixed || nothing}
            tabindex="0"
            role="application"
            aria-roledescription=${this.say("chart")}
            aria-label=${this.summary(hass, account.name, formats)}
            aria-describedby="keys"
            aria-busy=${this.data.loading}
            @keydown=${this.key}
            @blur=${this.unpoint}
          >
            <div class="plot"></div>
            ${this.renderWorkouts(formats)} ${this.renderCursor(formats)} ${this.renderSays(formats)}
            <div class="hint ${this.isHinting ? "shown" : ""}" aria-hidden="true">
              ${this.say(/Mac|iP/.test(navigator.platform) ? "wheel_hint_mac" : "wheel_hint")}
            </div>
            <div class="progress ${this.data.loading && !this.data.error ? "shown" : ""}"></div>
          </div>
          <div id="keys" hidden>${this.say("keys")}</div>
          <div class="unseen" aria-live="polite">${this.isPinned ? this.cursorText(formats) : nothing}</div>
          ${this.opened ? workoutZones(formats, this.opened.workout) : this.renderLegend(formats)}
          ${this.renderRanges(formats)}
        </div>
      </ha-card>
    `;
  }

  private renderWorkouts(formats: Formats) {
    const { plot, view, named } = this;
    if (!plot || !named.length) return nothing;
    const { left, width } = plot.frame;
    const open = (workout: Workout) => this.open(workout);
    return workoutStrip(formats, { workouts: named, view, left, width, open });
  }

  private renderNewest(hass: Hass, formats: Formats) {
    const bpm = Number.parseFloat(hass.states[this.config?.entity ?? ""]?.state ?? "");
    const { latest } = this.data;
    if (Number.isNaN(bpm) || !latest) return nothing;
    return html`
      <div class="newest" title=${this.say("newest")}>
        ${HEART}<b>${formats.number(bpm)}</b>
        <small>${this.momentText(formats, latest)}</small>
      </div>
    `;
  }

  private renderNumbers(formats: Formats) {
    const { extremes } = this.drawn ?? {};
    const resting = this.config?.resting === false ? undefined : this.resting;
    const shown: [TextKey, number | undefined][] = [
      ["lowest", extremes?.min],
      ["mean", extremes?.mean],
      ["highest", extremes?.max],
      ["resting", resting],
    ];
    return html`
      <dl class="numbers">
        ${shown.map(([key, bpm]) =>
          bpm === undefined && key === "resting"
            ? nothing
            : html`<div>
                <dt>${this.say(key)}</dt>
                <dd>${bpm === undefined ? "–" : formats.number(bpm)}</dd>
              </div>`,
        )}
      </dl>
    `;
  }

  private renderCursor(formats: Formats) {
    const { cursor, plot, drawn } = this;
    const columns = drawn?.columns;
    const mean = cursor && columns?.mean[cursor.index];
    if (!cursor || !plot || !columns || mean == null || this.isDragging) return nothing;
    const [min, max] = [columns.min[cursor.index] as number, columns.max[cursor.index] as number];
    const time = columns.x[cursor.index] as number;
    const { frame } = plot;
    const [left, top] = [frame.left + cursor.left, frame.top + cursor.top];
    const zones = this.config?.zones === false ? [] : zonesAt(this.days, time, mean);
    const main = zones.find(({ custom }) => !custom);
    const colour = main
      ? `var(--zone-${main.name})`
      : zones.length
        ? "var(--zone-custom)"
        : "var(--zone-line)";
    const isRight = cursor.left > frame.width / 2;
    const across = isRight ? `calc(${left - 12}px - 100%)` : `${left + 12}px`;
    const down = Math.min(Math.max(top - 76, 4), Math.max(frame.height - 96, 4));
    const isSpread = min !== max;
    return html`
      <div class="dot" style="left:${left}px;top:${top}px;background:${colour}"></div>
      <div class="tip" style="transform:translate(${across}, ${down}px)">
        <p class="value">
          ${formats.number(mean)} <span>${this.say("bpm")}</span>
          ${isSpread ? html`<span> · ${formats.number(min)}–${formats.number(max)}</span>` : nothing}
        </p>
        ${zones.map(
          (zone) =>
            html`<p>
              <i class="swatch" style="background:var(--zone-${zone.custom ? "custom" : zone.name})"></i
              >${this.zoneText(zone)}
            </p>`,
        )}
        <p><small>${this.pointText(formats, columns, cursor.index)}</small></p>
        ${this.workoutsAt(columns, cursor.index).map((name) => html`<p>${name}</p>`)}
        ${this.alertsAt(columns, cursor.index).map(
          (alert) => html`<p class=${alert.kind}>${this.alertText(formats, alert)}</p>`,
        )}
      </div>
    `;
  }

  private renderSays(formats: Formats) {
    const { error, loaded, latest, loading } = this.data;
    const known = error && SAID.includes(error.code);
    // What is here stays in sight while the connection is gone.
    if (error && (known || !loaded)) {
      const key = known ? (`error_${error.code}` as TextKey) : "error_other";
      return html`<div class="says error" role="alert">
        <p>${this.say(key)}</p>
        ${error.code === "unauthorized" ? nothing : html`<small>${error.message}</small>`}
      </div>`;
    }
    if (!loaded || loading || this.drawn?.extremes) return nothing;
    if (latest === null) return html`<div class="says"><p>${this.say("nothing_yet")}</p></div>`;
    const isElsewhere = latest !== undefined && (latest < this.view.start || latest >= this.view.end);
    return html`<div class="says" role="status">
      <p>
        ${this.say("nothing_here")}
        ${isElsewhere ? this.say("newest_from", { time: formats.dayAndTime(latest) }) : nothing}
      </p>
      ${
        isElsewhere
          ? html`<button class="go" @click=${() => this.goTo(latest)}>${this.say("go_there")}</button>`
          : nothing
      }
    </div>`;
  }

  private renderLegend(formats: Formats) {
    const times = this.config?.zones === false ? undefined : zoneTimes(this.days, this.view);
    if (!times) return nothing;
    const days =
      times.first === times.last
        ? formats.day(noonOf(times.first))
        : formats.days(noonOf(times.first), noonOf(times.last));
    return html`
      <ul class="legend" aria-label=${this.say("zone_time", { days })}>
        ${times.zones.map(
          (zone) =>
            html`<li>
              <i class="swatch" style="background:var(--zone-${zone.custom ? "custom" : zone.name})"></i>
              ${this.zoneText(zone)}
              ${zone.minutes === null ? nothing : html`<span>${formats.minutes(zone.minutes)}</span>`}
            </li>`,
        )}
        <li class="days" aria-hidden="true">${days}</li>
      </ul>
    `;
  }

  private renderRanges(formats: Formats) {
    const shown = rangeOf(this.view);
    const round = (key: TextKey, icon: unknown, act: () => void, isOff = false) => html`
      <button
        class="round"
        aria-label=${this.say(key)}
        title=${this.say(key)}
        ?disabled=${isOff}
        @click=${act}
      >
        ${icon}
      </button>
    `;
    return html`
      <footer>
        <div class="ranges" role="group" aria-label=${this.say("ranges")}>
          ${RANGE_NAMES.map(
            (range) =>
              html`<button
                aria-pressed=${range === shown}
                aria-label=${this.say(`name_${range}`)}
                @click=${() => this.chooseRange(range)}
              >
                ${this.say(`range_${range}`)}
              </button>`,
          )}
        </div>
        ${round("back", BACK, () => this.go(moved(this.view, -0.8)))}
        <div class="period" aria-hidden="true">${formats.period(this.view.start, this.view.end, false)}</div>
        ${round("forward", FORWARD, () => this.go(moved(this.view, 0.8)), this.isLive)}
        ${round("now", TO_NOW, () => this.goNow(), this.isLive)}
      </footer>
    `;
  }

  private say(key: TextKey, values?: Record<string, string | number>): string {
    return text(this.hass?.locale.language ?? "en", key, values);
  }

  private zoneText({ name, custom }: { name: string; custom: boolean }): string {
    return custom || !(ZONES as readonly string[]).includes(name) ? name : this.say(name as TextKey);
  }

  /** Say when a moment was: its time if that was today. */
  private momentText(formats: Formats, time: number): string {
    const isToday = formats.zone.midnight(time) === formats.zone.midnight(Date.now() / 1000);
    return isToday ? formats.time(time) : formats.dayAndTime(time);
  }

  /** Say what time a point stands for. */
  private pointText(formats: Formats, columns: Columns, index: number): string {
    const [from, to] = [columns.from[index] as number, columns.to[index] as number];
    if (columns.single) return `${formats.day(from)}, ${formats.second(from)}`;
    const span = to - from;
    if (span >= 80_000) return formats.day(noonOf({ start: from, end: to }));
    return formats.period(from, to);
  }

  private alertText(formats: Formats, { kind, limit, start, end, extreme }: Alert): string {
    return this.say(`alert_${kind}`, {
      limit: formats.number(limit),
      extreme: formats.number(extreme),
      time: formats.minutes((end - start) / 60),
    });
  }

  private cursorText(formats: Formats): string {
    const columns = this.drawn?.columns;
    const index = this.cursor?.index;
    const mean = index === undefined ? undefined : columns?.mean[index];
    if (!columns || index === undefined || mean == null) return "";
    const time = this.pointText(formats, columns, index);
    const [min, max] = [columns.min[index] as number, columns.max[index] as number];
    const value =
      min === max
        ? this.say("cursor_value", { time, value: `${formats.number(mean)} ${this.say("bpm")}` })
        : this.say("cursor_range", {
            time,
            min: formats.number(min),
            max: formats.number(max),
            mean: formats.number(mean),
          });
    const zones = zonesAt(this.days, columns.x[index] as number, mean).map((zone) => this.zoneText(zone));
    const alerts = this.alertsAt(columns, index).map((alert) => this.alertText(formats, alert));
    const workouts = this.workoutsAt(columns, index);
    return [value, ...(this.config?.zones === false ? [] : zones), ...workouts, ...alerts].join(". ");
  }

  private summary(hass: Hass, account: string, formats: Formats): string {
    const name = this.config?.title ?? account;
    const period = formats.period(this.view.start, this.view.end);
    const extremes = this.drawn?.extremes;
    const bpm = Number.parseFloat(hass.states[this.config?.entity ?? ""]?.state ?? "");
    const { latest } = this.data;
    const { resting } = this;
    return [
      extremes
        ? this.say("summary", {
            name,
            period,
            lowest: formats.number(extremes.min),
            mean: formats.number(extremes.mean),
            highest: formats.number(extremes.max),
          })
        : this.say("summary_nothing", { name, period }),
      resting === undefined ? "" : this.say("summary_resting", { resting: formats.number(resting) }),
      this.workouts.length
        ? this.say("summary_workouts", { count: formats.number(this.workouts.length) })
        : "",
      Number.isNaN(bpm) || !latest
        ? ""
        : this.say("summary_newest", { value: formats.number(bpm), time: this.momentText(formats, latest) }),
    ]
      .filter(Boolean)
      .join(" ");
  }

  /** The workouts in view. */
  private get workouts(): Workout[] {
    if (this.config?.workouts === false) return [];
    return inView(this.data.loaded?.annotations.workouts ?? [], this.view, Date.now() / 1000);
  }

  /** The workouts in view with a name above the curve: that of an open one is in the head of the card. */
  private get named(): Workout[] {
    return this.workouts.filter(({ id }) => id !== this.opened?.workout.id);
  }

  private get days(): Day[] {
    return this.data.loaded?.annotations.days ?? [];
  }

  /** The resting heart rate of the last day in view. */
  private get resting(): number | undefined {
    const { start, end } = this.view;
    return (
      this.days.findLast((day) => day.resting !== null && day.end > start && day.start < end)?.resting ??
      undefined
    );
  }

  private alertsAt(columns: Columns, index: number): Alert[] {
    if (this.config?.alerts === false) return [];
    const [from, to] = [columns.from[index] as number, columns.to[index] as number];
    return (this.data.loaded?.annotations.alerts ?? []).filter(({ start, end }) => start <= to && from < end);
  }

  /** Return the names of the workouts that a point lies in. */
  private workoutsAt(columns: Columns, index: number): string[] {
    const point = { start: columns.from[index] as number, end: (columns.to[index] as number) + 1 };
    const found = inView(this.workouts, point, Date.now() / 1000);
    return found.map(({ type }) => exerciseName(this.hass?.locale.language ?? "en", type));
  }

  /** Make the columns to draw of what is loaded, unless they are there. */
  private prepare(): void {
    const { loaded } = this.data;
    const pixels = this.plot?.frame.width || this.chart?.clientWidth || this.clientWidth || 400;
    const before = this.drawn;
    const isSame = before && before.loaded === loaded && before.pixels === pixels;
    if (isSame && before.view === this.view) return;
    const needsColumns = !isSame || (loaded && "samples" in loaded.values);
    const columns = needsColumns ? this.columnsFor(loaded, pixels) : before.columns;
    this.drawn = { loaded, view: this.view, pixels, columns, extremes: extremesOf(columns, this.view) };
  }

  private columnsFor(loaded: Loaded | undefined, pixels: number): Columns {
    if (!loaded || !this.hass) return NOTHING;
    const { values, plan, annotations } = loaded;
    if ("buckets" in values) {
      return plan.daily
        ? columnsOfDays(values.buckets, formatsOf(this.hass).zone)
        : columnsOfBuckets(values.buckets, values.width);
    }
    const { time } = values.samples;
    const span = this.view.end - this.view.start;
    const count = lowerBound(time, this.view.end) - lowerBound(time, this.view.start);
    const bin = binFor(count, span, pixels);
    const near = cut(values.samples, { start: this.view.start - span / 4, end: this.view.end + span / 4 });
    return bin ? columnsOfBins(near, bin, annotations.gap) : columnsOfSamples(near, annotations.gap);
  }

  private scene(formats: Formats): Scene {
    const { view, config } = this;
    const annotations = this.data.loaded?.annotations;
    const { columns, extremes } = this.drawn ?? { columns: NOTHING, extremes: undefined };
    const { days } = this;
    const shown = extremes ?? RESTFUL;
    const resting = config?.resting === false ? undefined : this.resting;
    const isSpread = config?.band !== false;
    const [low, high] = isSpread ? [shown.min, shown.max] : meansOf(columns, view, shown);
    return {
      view,
      columns,
      bpm: bpmBounds(Math.min(low, resting ?? low), high),
      bands: config?.zones === false ? [] : bandsOf(days, view),
      steps: config?.zones === false ? [] : colourSteps(days, view),
      days: config?.resting === false ? [] : days,
      alerts: config?.alerts === false ? [] : (annotations?.alerts ?? []),
      workouts: this.workouts.map((workout) => spanOf(workout, Date.now() / 1000)),
      hasNames: this.named.length > 0,
      hasBand: isSpread && !columns.single,
      formats,
    };
  }

  private assemble(ground: HTMLElement, scene: Scene): void {
    this.plot = new Plot(ground, scene, (place) => {
      if (
        place?.index !== this.cursor?.index ||
        place?.left !== this.cursor?.left ||
        place?.top !== this.cursor?.top
      )
        this.cursor = place;
    });
    this.resizes.observe(ground);
    this.stopGestures = listenToGestures(this.plot.over, {
      zoom: (factor, at) => this.go(zoomed(this.view, factor, this.isLive && at > 0.9 ? 1 : at)),
      pan: (by) => this.go(moved(this.view, by)),
      reset: () => this.reset(),
      point: (at) => this.pin(this.plot?.at(at)),
      mayWheel: () => this.shadowRoot?.activeElement === this.chart,
      refusedWheel: () => this.showHint(),
      drag: (isDragging) => {
        this.isDragging = isDragging;
      },
    });
    this.requestUpdate("version");
  }

  private dismantle(): void {
    this.stopGestures?.();
    this.plot?.destroy();
    this.plot = this.drawn = this.cursor = this.stopGestures = undefined;
  }

  /** Say how long it took from an answer to the frame that shows it. */
  private measure(): void {
    const { loaded } = this.data;
    if (!loaded || loaded === this.measured || !this.plot) return;
    this.measured = loaded;
    const drawn = performance.now();
    requestAnimationFrame(() => {
      const points = "samples" in loaded.values ? loaded.values.samples.time : loaded.values.buckets.time;
      performance.clearMeasures(DRAW);
      performance.measure(DRAW, {
        start: loaded.arrived,
        end: performance.now(),
        detail: { points: points.length, script: drawn - loaded.arrived },
      });
    });
  }

  private see(isVisible: boolean): void {
    this.isVisible = isVisible;
    const isPaused = !isVisible || document.hidden;
    this.data.pause(isPaused);
    if (!isPaused) this.followPresent();
  }

  /** Go on with the clock, a pixel at a time. */
  private tick(): void {
    if (this.clock !== undefined) return;
    const span = this.view.end - this.view.start;
    const pixel = (span * 1000) / Math.max(this.drawn?.pixels ?? 1, 1);
    this.clock = window.setTimeout(
      () => {
        this.clock = undefined;
        this.followPresent();
        this.tick();
      },
      Math.min(Math.max(pixel, 1000), 60_000),
    );
  }

  private followPresent(): void {
    if (!this.isLive || !this.isVisible || document.hidden || this.isDragging || !this.isConnected) return;
    const end = Date.now() / 1000;
    this.view = { start: this.view.start + end - this.view.end, end };
  }

  /** Show a workout, its minutes around and its figures. */
  private open(workout: Workout): void {
    const { view, isLive } = this.opened ?? { view: this.view, isLive: this.isLive };
    this.opened = { workout, view, isLive };
    this.unpoint();
    this.go(viewOf(workout, Date.now() / 1000));
    this.focusOn(".session h2");
  }

  /** Go back to what was shown before a workout was opened. */
  private close(): void {
    const { opened } = this;
    if (!opened) return;
    this.opened = undefined;
    this.unpoint();
    if (opened.isLive) {
      const end = Date.now() / 1000;
      this.go({ start: end - (opened.view.end - opened.view.start), end });
    } else this.go(opened.view);
    this.focusOn(`[data-workout="${CSS.escape(opened.workout.id)}"]`, ".chart");
  }

  /** Take on what has become known of the open workout. */
  private refreshOpened(): void {
    const { opened } = this;
    const known = this.data.loaded?.annotations.workouts.find(({ id }) => id === opened?.workout.id);
    if (opened && known && known !== opened.workout) this.opened = { ...opened, workout: known };
  }

  /** Put the focus on the first of some elements that is there, once the card has been rendered. */
  private focusOn(...selectors: string[]): void {
    void this.updateComplete.then(() => {
      const found = selectors.map((each) => this.shadowRoot?.querySelector<HTMLElement>(each)).find(Boolean);
      found?.focus({ preventScroll: true });
    });
  }

  private showRange(range: Range): void {
    this.opened = undefined;
    const end = Date.now() / 1000;
    this.view = { start: end - RANGES[range], end };
    this.isLive = true;
    this.unpoint();
  }

  /** Show a range around where the view is; where it went with the present, it still does. */
  private chooseRange(range: Range): void {
    if (this.isLive) {
      this.showRange(range);
      return;
    }
    const { end } = this.view;
    this.opened = undefined;
    this.go({ start: end - RANGES[range], end });
  }

  private reset(): void {
    this.showRange(this.config?.range ?? DEFAULT_RANGE);
  }

  private go(view: Span): void {
    const now = Date.now() / 1000;
    this.view = within(view, now);
    this.isLive = this.view.end >= now - PRESENT;
  }

  private goNow(): void {
    const end = Date.now() / 1000;
    this.go({ start: end - (this.view.end - this.view.start), end });
  }

  private goTo(time: number): void {
    const span = this.view.end - this.view.start;
    this.go({ start: time - span * 0.9, end: time + span * 0.1 });
  }

  private pin(index: number | undefined): void {
    this.isPinned = index !== undefined;
    this.plot?.pointAt(index);
  }

  private unpoint(): void {
    if (this.cursor || this.isPinned) this.pin(undefined);
  }

  private showHint(): void {
    this.isHinting = true;
    window.clearTimeout(this.hint);
    this.hint = window.setTimeout(() => {
      this.isHinting = false;
    }, HINT_SHOWN);
  }

  private key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    // The buttons of workouts are within the chart, and have keys of their own.
    const act = event.target === event.currentTarget ? this.keys[event.key] : undefined;
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act(event);
  }

  private readonly keys: Record<string, (event: KeyboardEvent) => void> = {
    ArrowLeft: ({ shiftKey }) => this.step(shiftKey ? -10 : -1),
    ArrowRight: ({ shiftKey }) => this.step(shiftKey ? 10 : 1),
    Home: () => this.pin(this.plot?.at(0)),
    End: () => this.pin(this.plot?.at(1)),
    PageUp: () => this.go(moved(this.view, -0.8)),
    PageDown: () => this.go(moved(this.view, 0.8)),
    "+": () => this.zoom(0.5),
    "=": () => this.zoom(0.5),
    "-": () => this.zoom(2),
    Escape: () => (this.cursor ? this.unpoint() : this.opened ? this.close() : this.reset()),
  };

  private zoom(factor: number): void {
    const width = this.plot?.frame.width ?? 1;
    this.go(zoomed(this.view, factor, this.cursor ? this.cursor.left / width : this.isLive ? 1 : 0.5));
  }

  /** Put the cursor on a point further along; at an edge the view goes along. */
  private step(by: number): void {
    const columns = this.drawn?.columns;
    if (!columns) return;
    let index = this.cursor?.index ?? this.plot?.at(by < 0 ? 1 : 0);
    if (index !== undefined && this.cursor) {
      for (let count = Math.abs(by); count; count--)
        index = neighbour(columns, index, Math.sign(by)) ?? index;
    }
    if (index === undefined) return;
    const time = columns.x[index] as number;
    const { start, end } = this.view;
    if (time < start || time > end) this.go(moved(this.view, by < 0 ? -0.1 : 0.1));
    void this.updateComplete.then(() => {
      const now = this.drawn?.columns;
      if (now) this.pin(lowerBound(now.x, time));
    });
  }
}

/** Return the lowest and the highest mean in a range. */
function meansOf(columns: Columns, { start, end }: Span, otherwise: Extremes): [number, number] {
  const means = columns.mean.filter(
    (mean, index): mean is number =>
      mean !== null && (columns.to[index] as number) >= start && (columns.from[index] as number) < end,
  );
  return means.length ? [Math.min(...means), Math.max(...means)] : [otherwise.min, otherwise.max];
}
