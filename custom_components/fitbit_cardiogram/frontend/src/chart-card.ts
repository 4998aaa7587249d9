/** The chart of an account's heart rate. */

import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import { accountOf } from "./account";
import { checkConfig, type ChartConfig, configForm, DEFAULT_RANGE, stubConfig } from "./chart-config";
import { ChartSessions } from "./chart-sessions";
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
import type { Day, Span } from "./contract";
import { HeartRateData, type Loaded } from "./data";
import { type Formats, formatsOf } from "./formats";
import { listenToGestures } from "./gestures";
import type { Hass } from "./hass";
import { BACK, FORWARD, HEART, TO_NOW } from "./icons";
import { sleepLine } from "./lacks";
import { type Place, Plot, type Scene } from "./plot";
import { binFor, moved, noonOf, RANGE_NAMES, RANGES, type Range, rangeOf, within, zoomed } from "./ranges";
import { sessionHead, sessionStrip } from "./session-parts";
import { type Axis, isQuiet, type Session, SLEEP_SHOWN, spanOf, viewOf } from "./sessions";
import { chartStyles } from "./styles";
import { type TextKey, text } from "./texts";
import { bpmBounds } from "./ticks";
import { type Point, tip, tipText, valuesAt } from "./tip";
import { RestingHeartRate, usualText } from "./usual";
import { bandsOf, colourSteps, zoneName, zonesAt, zoneTimes } from "./zones";

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
  private readonly compared = new RestingHeartRate();
  private readonly sessions = new ChartSessions();
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
    this.toggleAttribute("dark", Boolean(this.hass?.themes.darkMode));
    if (!this.hass || !this.config || !this.isConnected) return;
    this.data.follow(this.hass, accountOf(this.hass, this.config.entity)?.entryId);
    this.sessions.take(this.data.loaded?.annotations, this.config);
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
    const { opened } = this.sessions;
    const fixed = config.height === undefined ? "" : `height:${config.height}px`;
    return html`
      <ha-card>
        <div class="card">
          ${
            opened
              ? sessionHead(formats, opened, () => this.close())
              : html`<header>
                  <div class="title">
                    <h2>${title || this.say("title")}</h2>
                    <div class="period">${period}</div>
                  </div>
                  ${this.renderNumbers(hass, formats)} ${this.renderNewest(hass, formats)}
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
            ${this.renderSessions(formats)} ${this.renderCursor(formats)} ${this.renderSays(formats)}
            <div class="hint ${this.isHinting ? "shown" : ""}" aria-hidden="true">
              ${this.say(/Mac|iP/.test(navigator.platform) ? "wheel_hint_mac" : "wheel_hint")}
            </div>
            <div class="progress ${this.data.loading && !this.data.error ? "shown" : ""}"></div>
          </div>
          <div id="keys" hidden>${this.say("keys")}</div>
          <div class="unseen" aria-live="polite">
            ${this.isPinned && this.pointed ? tipText(formats, this.pointed) : nothing}
          </div>
          ${opened ? opened.below(formats, this.axis) : this.renderLegend(formats)}
          ${this.saysSleepLacks ? sleepLine(formats.language, account, () => this.requestUpdate()) : nothing}
          ${this.renderRanges(formats)}
        </div>
      </ha-card>
    `;
  }

  private renderSessions(formats: Formats) {
    const named = this.sessions.named(this.view);
    if (!this.plot || !named.length) return nothing;
    return sessionStrip(formats, named, this.axis, (session) => this.open(session));
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

  private renderNumbers(hass: Hass, formats: Formats) {
    const { extremes } = this.drawn ?? {};
    const resting = this.config?.resting === false ? undefined : this.resting;
    const usual = this.usual(hass, formats);
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
                <dd>
                  ${bpm === undefined ? "–" : formats.number(bpm)}${
                    key === "resting" && usual ? html`<small>, ${usual}</small>` : nothing
                  }
                </dd>
              </div>`,
        )}
      </dl>
    `;
  }

  private renderCursor(formats: Formats) {
    const { cursor, plot, isDragging } = this;
    const point = this.pointed;
    return cursor && plot && point && !isDragging ? tip(formats, point, cursor, plot.frame) : nothing;
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
              ${zoneName(formats.language, zone)}
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

  /** Say when a moment was: its time if that was today. */
  private momentText(formats: Formats, time: number): string {
    const isToday = formats.zone.midnight(time) === formats.zone.midnight(Date.now() / 1000);
    return isToday ? formats.time(time) : formats.dayAndTime(time);
  }

  private summary(hass: Hass, account: string, formats: Formats): string {
    const name = this.config?.title ?? account;
    const period = formats.period(this.view.start, this.view.end);
    const extremes = this.drawn?.extremes;
    const bpm = Number.parseFloat(hass.states[this.config?.entity ?? ""]?.state ?? "");
    const { latest } = this.data;
    const { resting } = this;
    const usual = this.usual(hass, formats);
    const sessions = this.sessions.in(this.view);
    const count = (key: TextKey, isSleep: boolean) => {
      const found = sessions.filter((session) => isQuiet(session) === isSleep);
      return found.length ? this.say(key, { count: formats.number(found.length) }) : "";
    };
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
      resting === undefined
        ? ""
        : this.say("summary_resting", {
            resting: [formats.number(resting), usual].filter(Boolean).join(", "),
          }),
      count("summary_workouts", false),
      count("summary_sleep", true),
      Number.isNaN(bpm) || !latest
        ? ""
        : this.say("summary_newest", { value: formats.number(bpm), time: this.momentText(formats, latest) }),
    ]
      .filter(Boolean)
      .join(" ");
  }

  /** Where time is drawn. */
  private get axis(): Axis {
    const { left, width } = this.plot?.frame ?? { left: 0, width: 0 };
    return { view: this.view, left, width };
  }

  /** Whether to say that sleep is not read, where it would be shown: to who can sign in anew. */
  private get saysSleepLacks(): boolean {
    const { view, config, hass, data, sessions } = this;
    const hasRoom = !sessions.opened && view.end - view.start <= SLEEP_SHOWN;
    return (
      hasRoom && config?.sleep !== false && data.lacks.includes("sleep") && Boolean(hass?.user?.is_admin)
    );
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

  /** Say how the resting heart rate that is shown compares to what is usual, if it is the newest one. */
  private usual(hass: Hass, formats: Formats): string | undefined {
    const state = this.isLive ? this.compared.of(hass, this.config?.entity ?? "") : undefined;
    return state && Number(state.state) === this.resting ? usualText(state, formats) : undefined;
  }

  /** What is known of the point under the cursor. */
  private get pointed(): Point | undefined {
    const { cursor, drawn, config, view } = this;
    const values = drawn && cursor && valuesAt(drawn.columns, cursor.index);
    if (!values) return undefined;
    const { from, to, mean } = values;
    const time = drawn.columns.x[cursor.index] as number;
    const alerts = config?.alerts === false ? [] : (this.data.loaded?.annotations.alerts ?? []);
    return {
      ...values,
      zones: config?.zones === false ? [] : zonesAt(this.days, time, mean),
      sessions: this.sessions.at(view, { start: from, end: to + 1 }),
      alerts: alerts.filter(({ start, end }) => start <= to && from < end),
    };
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
    const now = Date.now() / 1000;
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
      sessions: this.sessions.in(view).map((session) => ({ ...spanOf(session, now), look: session.look })),
      hasNames: this.sessions.named(view).length > 0,
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

  /** Show a session, its minutes around and its figures. */
  private open(session: Session): void {
    this.sessions.open(session, { view: this.view, isLive: this.isLive });
    this.unpoint();
    this.go(viewOf(session, Date.now() / 1000));
    this.focusOn(".session h2");
  }

  /** Go back to what was shown before a session was opened. */
  private close(): void {
    const { opened } = this.sessions;
    const before = this.sessions.close();
    if (!opened || !before) return;
    this.unpoint();
    if (before.isLive) {
      const end = Date.now() / 1000;
      this.go({ start: end - (before.view.end - before.view.start), end });
    } else this.go(before.view);
    this.focusOn(`[data-session="${CSS.escape(opened.id)}"]`, ".chart");
  }

  /** Put the focus on the first of some elements that is there, once the card has been rendered. */
  private focusOn(...selectors: string[]): void {
    void this.updateComplete.then(() => {
      const found = selectors.map((each) => this.shadowRoot?.querySelector<HTMLElement>(each)).find(Boolean);
      found?.focus({ preventScroll: true });
    });
  }

  private showRange(range: Range): void {
    this.sessions.close();
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
    this.sessions.close();
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
    // The buttons of sessions are within the chart, and have keys of their own.
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
    Escape: () => (this.cursor ? this.unpoint() : this.sessions.opened ? this.close() : this.reset()),
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
