/** Fingers, mouse and wheel on a chart; positions and distances are fractions of its width. */

export interface Actions {
  /** Zoom by a factor, below 1 is closer. */
  zoom(factor: number, at: number): void;
  pan(by: number): void;
  reset(): void;
  /** A finger or the mouse has pointed somewhere. */
  point(at: number): void;
  /** Whether a wheel without a key may zoom; without, it scrolls the page and is told of. */
  mayWheel(): boolean;
  refusedWheel(): void;
  /** Something is being dragged. */
  drag(isDragging: boolean): void;
}

const WHEEL_SPEED = 0.0018;
const STILL = 6;
const DOUBLE_TAP = 320;

/** Listen on an element, whose one-finger vertical gestures are left to the page; return how to stop. */
export function listenToGestures(element: HTMLElement, actions: Actions): () => void {
  const pointers = new Map<number, { x: number; y: number }>();
  let moved = false;
  let tapped = Number.NEGATIVE_INFINITY;

  const fraction = (clientX: number): number => {
    const { left, width } = element.getBoundingClientRect();
    return Math.min(Math.max((clientX - left) / Math.max(width, 1), 0), 1);
  };
  const width = () => Math.max(element.clientWidth, 1);

  const down = (event: PointerEvent) => {
    if (event.pointerType === "mouse" && event.button !== 0) return;
    if (!pointers.size) moved = false;
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (pointers.size > 1) moved = true;
  };

  const move = (event: PointerEvent) => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    const now = { x: event.clientX, y: event.clientY };
    if (!moved) {
      if (Math.abs(now.x - before.x) < STILL) return;
      moved = true;
    }
    // Captured only now, so that a click stays a click.
    if (!element.hasPointerCapture(event.pointerId)) element.setPointerCapture(event.pointerId);
    const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
    if (other) {
      const [was, is] = [Math.abs(before.x - other.x), Math.abs(now.x - other.x)];
      const middle = fraction((now.x + other.x) / 2);
      if (was > STILL && is > STILL) actions.zoom(was / is, middle);
      actions.pan((before.x - now.x) / 2 / width());
    } else {
      actions.drag(true);
      actions.pan((before.x - now.x) / width());
    }
    pointers.set(event.pointerId, now);
  };

  const up = (event: PointerEvent) => {
    if (!pointers.delete(event.pointerId)) return;
    if (!pointers.size) actions.drag(false);
    if (moved || event.type === "pointercancel") return;
    if (event.timeStamp - tapped < DOUBLE_TAP) {
      tapped = Number.NEGATIVE_INFINITY;
      actions.reset();
      return;
    }
    tapped = event.timeStamp;
    actions.point(fraction(event.clientX));
  };

  const wheel = (event: WheelEvent) => {
    if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      event.preventDefault();
      actions.pan(event.deltaX / width());
      return;
    }
    if (!event.ctrlKey && !event.metaKey && !actions.mayWheel()) {
      actions.refusedWheel();
      return;
    }
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 33 : 1;
    // A trackpad's pinch comes as a wheel with the control key, in small steps.
    const speed = event.ctrlKey && Math.abs(event.deltaY) < 40 ? 5 * WHEEL_SPEED : WHEEL_SPEED;
    actions.zoom(Math.exp(event.deltaY * lines * speed), fraction(event.clientX));
  };

  const events: [string, (event: never) => void, AddEventListenerOptions?][] = [
    ["pointerdown", down],
    ["pointermove", move],
    ["pointerup", up],
    ["pointercancel", up],
    ["wheel", wheel, { passive: false }],
  ];
  for (const [name, listener, options] of events)
    element.addEventListener(name, listener as EventListener, options);
  return () => {
    for (const [name, listener] of events) element.removeEventListener(name, listener as EventListener);
  };
}
