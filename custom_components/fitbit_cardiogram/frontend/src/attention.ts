/** Whether somebody can see an element, how large it is, and when its theme or the time has changed. */

export interface Heed {
  /** The element has come into sight, or gone from it. */
  seen(isSeen: boolean): void;
  resized(): void;
  themed(): void;
  /** Time has gone on by what `pause` allows, in milliseconds. */
  ticked(): void;
  pause(): number;
}

const PAUSE = { least: 1000, most: 60_000 };

export class Attention {
  private isVisible = true;
  private clock: number | undefined;
  private readonly resizes = new ResizeObserver(() => this.heed.resized());
  private readonly sights = new IntersectionObserver(([entry]) => this.see(Boolean(entry?.isIntersecting)));
  private readonly themes = new MutationObserver(() => this.heed.themed());
  private readonly seePage = () => this.see(this.isVisible);

  constructor(private readonly heed: Heed) {}

  get isSeen(): boolean {
    return this.isVisible && !document.hidden;
  }

  begin(element: Element): void {
    this.sights.observe(element);
    this.themes.observe(document.documentElement, { attributeFilter: ["style", "class"] });
    document.addEventListener("visibilitychange", this.seePage);
  }

  end(): void {
    for (const each of [this.resizes, this.sights, this.themes]) each.disconnect();
    document.removeEventListener("visibilitychange", this.seePage);
    window.clearTimeout(this.clock);
    this.clock = undefined;
  }

  /** Watch the size of an element. */
  measure(element: Element): void {
    this.resizes.observe(element);
  }

  /** Let the clock run, unless it does. */
  run(): void {
    this.clock ??= window.setTimeout(
      () => {
        this.clock = undefined;
        if (this.isSeen) this.heed.ticked();
        this.run();
      },
      Math.min(Math.max(this.heed.pause(), PAUSE.least), PAUSE.most),
    );
  }

  private see(isVisible: boolean): void {
    this.isVisible = isVisible;
    this.heed.seen(this.isSeen);
  }
}
