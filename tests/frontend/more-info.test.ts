import { html } from "lit";
import { expect, test } from "vitest";
import type { Hass } from "../../custom_components/fitbit_cardiogram/frontend/src/hass";
import { leading } from "../../custom_components/fitbit_cardiogram/frontend/src/more-info";
import type { Shown } from "../../custom_components/fitbit_cardiogram/frontend/src/overview-card";
import { handlers, markup, words } from "./rendered";

const ID = "sensor.alex_resting_heart_rate";
const entity = {
  entity_id: ID,
  platform: "fitbit_cardiogram",
  translation_key: "resting_heart_rate",
  device_id: "d1",
};

function shown(state?: object, hidden = false): Shown {
  const hass = { entities: { [ID]: { ...entity, hidden } }, states: state ? { [ID]: state } : {} };
  return {
    hass: hass as unknown as Hass,
    account: { entryId: "entry", deviceId: "d1", name: "Alex" },
    say: (key: string) => key,
  } as unknown as Shown;
}

test("a value leads to the dialog of its entity, and is named by its label", () => {
  const found = leading(shown({ state: "57" }), "resting_heart_rate", html`57`);
  expect(words(found)).toBe("57");
  expect(markup(found)).toContain('aria-labelledby="resting_heart_rate-name resting_heart_rate"');
  const told: CustomEvent[] = [];
  const button = { dispatchEvent: (event: CustomEvent) => told.push(event) };
  handlers(found)[0]?.({ currentTarget: button });
  expect(told.map(({ type, detail }) => [type, detail])).toEqual([["hass-more-info", { entityId: ID }]]);
});

test("without an entity that a person may see, there is only the value", () => {
  const value = html`57`;
  expect(leading(shown(), "resting_heart_rate", value)).toBe(value);
  expect(leading(shown({ state: "57" }, true), "resting_heart_rate", value)).toBe(value);
  expect(leading(shown({ state: "57" }), "last_night", value)).toBe(value);
});
