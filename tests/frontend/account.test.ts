import { expect, test } from "vitest";
import {
  accountOf,
  heartRates,
  isBare,
} from "../../custom_components/fitbit_cardiogram/frontend/src/account";
import type { Hass } from "../../custom_components/fitbit_cardiogram/frontend/src/hass";

const hass = {
  entities: {
    "sensor.alex_heart_rate": {
      entity_id: "sensor.alex_heart_rate",
      platform: "fitbit_cardiogram",
      translation_key: "heart_rate",
      device_id: "d1",
    },
    "sensor.alex_peak": {
      entity_id: "sensor.alex_peak",
      platform: "fitbit_cardiogram",
      translation_key: "zone_peak",
      device_id: "d1",
    },
    "sensor.other": { entity_id: "sensor.other", platform: "other", translation_key: "heart_rate" },
  },
  devices: { d1: { id: "d1", name: "Alex", identifiers: [["fitbit_cardiogram", "entry"]] } },
} as unknown as Hass;

test("an account is found by its heart rate", () => {
  expect(heartRates(hass)).toEqual(["sensor.alex_heart_rate"]);
  expect(accountOf(hass, "sensor.alex_heart_rate")).toEqual({
    entryId: "entry",
    deviceId: "d1",
    name: "Alex",
  });
});

test("what is not an account's heart rate is none", () => {
  for (const id of ["sensor.alex_peak", "sensor.other", "sensor.gone"])
    expect(accountOf(hass, id)).toBeUndefined();
});

test("there is nothing to draw of who has measured nothing, or may not be seen", () => {
  const id = "sensor.alex_heart_rate";
  const bare = (state?: string, attributes = {}) =>
    isBare({ ...hass, states: state ? { [id]: { state, attributes } } : {} } as Hass, id);
  expect([bare(), bare("unknown"), bare("unavailable"), bare("60")]).toEqual([true, true, false, false]);
  expect(bare("unknown", { measured_at: "2026-11-29T19:00:00+00:00" })).toBe(false);
  expect(isBare({ ...hass, states: {} } as Hass, "sensor.gone")).toBe(false);
});
