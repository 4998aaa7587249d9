/** The chart of an account's heart rate. */

import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import { type Account, accountOf, isBare } from "./account";
import { Attention } from "./attention";
import { leaveOut } from "./bare";
import { checkConfig, type ChartConfig, configForm, DEFAULT_RANGE, stubConfig } from "./chart-config";
import { type Drawn, drawnOf } from "./chart-drawn";
import { chartHead } from "./chart-head";
import { type KeyActions, pressed } from "./chart-keys";
import { ChartPointer } from "./chart-pointer";
import { rangeButtons } from "./chart-ranges";
import { says } from "./chart-says";
import { restingIn, sceneOf } from "./chart-scene";
import { ChartSessions } from "./chart-sessions";
import { ChartView } from "./chart-view";
import { type Sum, summary } from "./chart-words";
import { lowerBound } from "./columns";
import type { Day } from "./contract";
import { HeartRateData } from "./data";
import { DrawMeasure } from "./draw-measure";
import { type Formats, formatsOf } from "./formats";
import { listenToGestures } from "./gestures";
import { differs, type Hass } from "./hass";
import { sleepLine } from "./lacks";
import { Plot } from "./plot";
import type { Range } from "./ranges";
import { sessionHead, sessionStrip } from "./session-parts";
import { type Axis, type Session, SLEEP_SHOWN, viewOf } from "./sessions";
import { chartStyles } from "./styles";
import { type TextKey, text } from "./texts";
import { type Point, pointOf, tip, tipText } from "./tip";
import { RestingHeartRate, usualText } from "./usual";

const HINT_SHOWN = 2000;
const ROWS = 7;

export class ChartCard extends LitElement {
  static override styles = chartStyles;
  static getConfigForm = configForm;
  static getStubConfig = stubConfig;

  @property({ attribute: false }) hass?: Hass;
  @state() private config?: ChartConfig;
  @state() private isDragging = false;
  @state() private isHinting = false;
  /** Anything of the data or of the view has changed. */
  @state() private version = 0;
  @query(".chart") private chart?: HTMLElement;
  @query(".plot") private ground?: HTMLElement;

  private plot: Plot | undefined;
  private drawn: Drawn | undefined;
  /** All that the plot's scene was made of. */
  private scenery: unknown[] = [];
  private hint: number | undefined;
  private stopGestures: (() => void) | undefined;
  private readonly compared = new RestingHeartRate();
  private readonly sessions = new ChartSessions();
  private readonly measure = new DrawMeasure();
  private readonly pointer = new ChartPointer(() => this.version++);
  private readonly time = new ChartView(() => this.version++);
  private readonly data = new HeartRateData(() => this.version++);
  private readonly attention = new Attention({
    seen: (isSeen) => {
      this.data.pause(!isSeen);
      if (isSeen) this.followPresent();
    },
    resized: () => {
      this.plot?.resize();
      this.version++;
    },
    themed: () => this.plot?.redraw(),
    ticked: () => this.followPresent(),
    // A pixel at a time.
    pause: () => ((this.time.view.end - this.time.view.start) * 1000) / Math.max(this.drawn?.pixels ?? 1, 1),
  });

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
    this.attention.begin(this);
    this.version++;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.data.stop();
    this.dismantle();
    this.attention.end();
    window.clearTimeout(this.hint);
  }

  protected override shouldUpdate(changed: PropertyValues): boolean {
    const before = changed.get("hass") as Hass | undefined;
    if (changed.size > 1 || !changed.has("hass") || !before || !this.hass) return true;
    const entity = this.config?.entity ?? "";
    return (
      before.states[entity] !== this.hass.states[entity] ||
      before.entities[entity] !== this.hass.entities[entity] ||
      differs(before, this.hass, ["devices", "locale", "themes", "connection"])
    );
  }

  protected override willUpdate(): void {
    this.toggleAttribute("dark", Boolean(this.hass?.themes.darkMode));
    if (!this.hass || !this.config) return;
    // Beside the card of the person, which says why.
    leaveOut(this, this.config.newest === false && isBare(this.hass, this.config.entity));
    if (!this.isConnected) return;
    this.data.follow(this.hass, accountOf(this.hass, this.config.entity)?.entryId);
    this.sessions.take(this.data.loaded?.annotations, this.config);
    const pixels = this.plot?.frame.width || this.chart?.clientWidth || this.clientWidth || 400;
    this.drawn = drawnOf(this.drawn, this.data.loaded, this.time.view, pixels);
  }

  protected override updated(changed: PropertyValues): void {
    const { hass, drawn, config, ground } = this;
    if (!hass || !config || !drawn || !ground) {
      this.dismantle();
      return;
    }
    const formats = formatsOf(hass);
    const scenery = [drawn, config, formats];
    if (!this.plot || scenery.some((each, index) => each !== this.scenery[index])) {
      const annotations = this.data.loaded?.annotations;
      const { sessions } = this;
      const scene = sceneOf({ drawn, annotations, sessions, config, formats, isLive: this.time.isLive });
      if (this.plot) this.plot.show(scene);
      else this.assemble(new Plot(ground, scene, (place) => this.pointer.follow(place)), ground);
      this.scenery = scenery;
    }
    const before = changed.get("hass") as Hass | undefined;
    if (before && before.themes !== hass.themes) requestAnimationFrame(() => this.plot?.redraw());
    this.data.show(this.time.view, drawn.pixels);
    this.measure.note(this.data.loaded);
    this.attention.run();
  }

  override render(): TemplateResult {
    const { hass, config } = this;
    if (!hass || !config) return html`<ha-card></ha-card>`;
    const account = accountOf(hass, config.entity);
    if (!account) {
      const words = this.say(whyNoAccount(hass, config.entity), { entity: config.entity });
      return html`<ha-card><p class="alone">${words}</p></ha-card>`;
    }
    const formats = formatsOf(hass);
    const { opened } = this.sessions;
    const sum = this.sum(hass, config, account, formats);
    return html`
      <ha-card>
        <section class="card">
          <div class="top">
            ${
              opened
                ? sessionHead(formats, opened, () => this.close())
                : chartHead(
                    formats,
                    config.title ?? account.name,
                    config.newest === false ? unsaid(sum) : sum,
                  )
            }
            ${rangeButtons(formats, this.time, (range) => this.choose(range))}
          </div>
          ${this.renderChart(formats, config, sum)}
          <div id="keys" hidden>${this.say("keys")}</div>
          <div class="unseen" aria-live="polite">
            ${this.pointer.isPinned && this.pointed ? tipText(formats, this.pointed) : nothing}
          </div>
          ${opened ? opened.below(formats, this.axis) : nothing}
          ${this.isDaily && config.band !== false ? html`<small class="key">${this.say("band_of_days")}</small>` : nothing}
          ${this.saysSleepLacks ? sleepLine(formats.language, account, () => this.requestUpdate()) : nothing}
        </section>
      </ha-card>
    `;
  }

  private renderChart(formats: Formats, config: ChartConfig, sum: Sum) {
    const fixed = config.height === undefined ? "" : `height:${config.height}px`;
    const { data, drawn, time } = this;
    return html`
      <div
        class="chart ${fixed ? "fixed" : ""} ${this.isDragging ? "dragging" : ""}"
        style=${fixed || nothing}
        tabindex="0"
        role="application"
        aria-roledescription=${this.say("chart")}
        aria-label=${summary(formats, sum, this.sessions)}
        aria-describedby="keys"
        aria-busy=${data.loading}
        @keydown=${(event: KeyboardEvent) => pressed(event, this.keys)}
        @blur=${() => this.pointer.leave()}
      >
        <div class="plot"></div>
        ${this.renderSessions(formats)} ${this.renderCursor(formats)}
        ${says(formats, data, time.view, !drawn?.extremes, (moment) => time.toTime(moment))}
        <div class="hint ${this.isHinting ? "shown" : ""}" aria-hidden="true">
          ${this.say(/Mac|iP/.test(navigator.platform) ? "wheel_hint_mac" : "wheel_hint")}
        </div>
        <div class="progress ${data.loading && !data.error ? "shown" : ""}"></div>
      </div>
    `;
  }

  private renderSessions(formats: Formats) {
    const named = this.sessions.named(this.time.view);
    if (!this.plot || !named.length) return nothing;
    return sessionStrip(formats, named, this.axis, (session) => this.open(session));
  }

  private renderCursor(formats: Formats) {
    const { plot, isDragging, pointed } = this;
    const { place } = this.pointer;
    return place && plot && pointed && !isDragging ? tip(formats, pointed, place, plot.frame) : nothing;
  }

  private say(key: TextKey, values?: Record<string, string | number>): string {
    return text(this.hass?.locale.language ?? "en", key, values);
  }

  private sum(hass: Hass, config: ChartConfig, account: Account, formats: Formats): Sum {
    const { view, isLive } = this.time;
    const resting = config.resting === false ? undefined : restingIn(this.days, view);
    // Only the newest one is compared.
    const compared = isLive ? this.compared.of(hass, config.entity) : undefined;
    const isNewest = compared && Number(compared.state) === resting;
    const bpm = Number.parseFloat(hass.states[config.entity]?.state ?? "");
    const { latest } = this.data;
    return {
      name: account.name,
      view,
      extremes: this.drawn?.extremes,
      resting,
      usual: isNewest ? usualText(compared, formats) : undefined,
      zones: config.zones === false ? [] : (this.drawn?.zones ?? []),
      newest: Number.isNaN(bpm) || !latest ? undefined : { bpm, time: latest },
    };
  }

  /** Where time is drawn. */
  private get axis(): Axis {
    const { left, width } = this.plot?.frame ?? { left: 0, width: 0 };
    return { view: this.time.view, left, width };
  }

  /** Whether to say that sleep is not read, where it would be shown, to whoever can sign in anew. */
  private get saysSleepLacks(): boolean {
    const { config, hass, data, sessions } = this;
    const { start, end } = this.time.view;
    const hasRoom = !sessions.opened && end - start <= SLEEP_SHOWN;
    return (
      hasRoom && config?.sleep !== false && data.lacks.includes("sleep") && Boolean(hass?.user?.is_admin)
    );
  }

  private get days(): Day[] {
    return this.data.loaded?.annotations.days ?? [];
  }

  private get isDaily(): boolean {
    return Boolean(this.drawn?.columns.hours);
  }

  /** What is known of the point under the cursor. */
  private get pointed(): Point | undefined {
    const { drawn, config, sessions, data } = this;
    const { place } = this.pointer;
    if (!place || !drawn || !config) return undefined;
    return pointOf(drawn, place.index, config, sessions, data.loaded?.annotations);
  }

  private assemble(plot: Plot, ground: HTMLElement): void {
    const { time } = this;
    this.plot = this.pointer.plot = plot;
    this.attention.measure(ground);
    this.stopGestures = listenToGestures(plot.over, {
      zoom: (factor, at) => time.zoom(factor, at),
      pan: (by) => time.move(by),
      reset: () => this.reset(),
      point: (at) => this.pointer.pinAt(at),
      mayWheel: () => this.shadowRoot?.activeElement === this.chart,
      refusedWheel: () => this.showHint(),
      drag: (isDragging) => {
        this.isDragging = isDragging;
      },
    });
    this.version++;
  }

  private dismantle(): void {
    this.stopGestures?.();
    this.plot?.destroy();
    this.plot = this.drawn = this.stopGestures = this.pointer.plot = this.pointer.place = undefined;
  }

  private followPresent(): void {
    if (this.attention.isSeen && !this.isDragging && this.isConnected) this.time.follow();
  }

  /** Show a session, its minutes around and its figures. */
  private open(session: Session): void {
    this.sessions.open(session, this.time.shown);
    this.pointer.leave();
    this.time.go(viewOf(session, Date.now() / 1000));
    this.focusOn(".session h2");
  }

  /** Go back to what was shown before a session was opened. */
  private close(): void {
    const { opened } = this.sessions;
    const before = this.sessions.close();
    if (!opened || !before) return;
    this.pointer.leave();
    this.time.restore(before);
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
    this.pointer.leave();
    this.time.showLast(range);
  }

  private choose(range: Range): void {
    this.sessions.close();
    this.pointer.leave();
    this.time.choose(range);
  }

  private reset(): void {
    this.showRange(this.config?.range ?? DEFAULT_RANGE);
  }

  private showHint(): void {
    this.isHinting = true;
    window.clearTimeout(this.hint);
    this.hint = window.setTimeout(() => {
      this.isHinting = false;
    }, HINT_SHOWN);
  }

  private readonly keys: KeyActions = {
    step: (by) => this.step(by),
    pointAt: (fraction) => this.pointer.pinAt(fraction),
    move: (by) => this.time.move(by),
    zoom: (factor) => this.time.zoom(factor, this.pointer.fraction),
    leave: () => (this.sessions.opened ? this.close() : this.reset()),
  };

  /** Put the cursor on a point further along; at an edge the view goes along. */
  private step(by: number): void {
    const columns = this.drawn?.columns;
    if (!columns) return;
    const index = this.pointer.next(columns, by);
    if (index === undefined) return;
    const time = columns.x[index] as number;
    const { start, end } = this.time.view;
    if (time < start || time > end) this.time.move(by < 0 ? -0.1 : 0.1);
    void this.updateComplete.then(() => {
      const now = this.drawn?.columns;
      if (now) this.pointer.pin(lowerBound(now.x, time));
    });
  }
}

function whyNoAccount(hass: Hass, entity: string): TextKey {
  if (!entity) return "choose";
  return hass.states[entity] || hass.entities[entity] ? "no_account" : "no_entity";
}

/** Return what is left to be said beside the card of the person, which says the rest. */
function unsaid(sum: Sum): Sum {
  return { ...sum, newest: undefined, resting: undefined };
}
