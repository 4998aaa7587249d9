import { expect, test } from "vitest";
import { type KeyActions, pressed } from "../../custom_components/fitbit_cardiogram/frontend/src/chart-keys";

/** Return what keys do, and whether the page still gets them. */
function done(key: string, event: Partial<KeyboardEvent> = {}) {
  const said: unknown[] = [];
  const note = (name: string) => (value?: number) => {
    said.push(name, value);
  };
  const actions = Object.fromEntries(
    ["step", "pointAt", "move", "zoom", "leave"].map((name) => [name, note(name)]),
  ) as unknown as KeyActions;
  let isKept = false;
  const chart = {} as EventTarget;
  const keep = () => {
    isKept = true;
  };
  const made = { key, target: chart, currentTarget: chart, preventDefault: keep, stopPropagation: keep };
  pressed({ ...made, ...event } as KeyboardEvent, actions);
  return [...said.filter((each) => each !== undefined), isKept];
}

test("page keys go exactly one range, and Escape leaves at once", () => {
  expect(done("PageUp")).toEqual(["move", -1, true]);
  expect(done("PageDown")).toEqual(["move", 1, true]);
  expect(done("Escape")).toEqual(["leave", true]);
  expect(done("ArrowLeft", { shiftKey: true })).toEqual(["step", -10, true]);
});

test("other keys, those of the browser, and those of a button are left alone", () => {
  expect(done("a")).toEqual([false]);
  expect(done("ArrowLeft", { altKey: true })).toEqual([false]);
  expect(done("Escape", { target: {} as EventTarget })).toEqual([false]);
});
