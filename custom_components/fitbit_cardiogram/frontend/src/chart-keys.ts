/** The keys of the chart. */

export interface KeyActions {
  /** Go along the points. */
  step(by: number): void;
  /** Go to the point at a fraction of the width. */
  pointAt(fraction: number): void;
  /** Go on by so many times what is shown. */
  move(by: number): void;
  zoom(factor: number): void;
  leave(): void;
}

const KEYS: Record<string, (actions: KeyActions, event: KeyboardEvent) => void> = {
  ArrowLeft: (actions, { shiftKey }) => actions.step(shiftKey ? -10 : -1),
  ArrowRight: (actions, { shiftKey }) => actions.step(shiftKey ? 10 : 1),
  Home: (actions) => actions.pointAt(0),
  End: (actions) => actions.pointAt(1),
  PageUp: (actions) => actions.move(-1),
  PageDown: (actions) => actions.move(1),
  "+": (actions) => actions.zoom(0.5),
  "=": (actions) => actions.zoom(0.5),
  "-": (actions) => actions.zoom(2),
  Escape: (actions) => actions.leave(),
};

export function pressed(event: KeyboardEvent, actions: KeyActions): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  // The buttons of sessions are within the chart, and have keys of their own.
  const act = event.target === event.currentTarget ? KEYS[event.key] : undefined;
  if (!act) return;
  event.preventDefault();
  event.stopPropagation();
  act(actions, event);
}
