import { expect, test } from "vitest";
import type { Hass } from "../../custom_components/fitbit_cardiogram/frontend/src/hass";
import { Formats } from "../../custom_components/fitbit_cardiogram/frontend/src/formats";
import { RestingHeartRate, usualText } from "../../custom_components/fitbit_cardiogram/frontend/src/usual";

function said(language: string, attributes: Record<string, unknown>): string | undefined {
  const locale = { language, number_format: "language", time_format: "24", time_zone: "server" } as const;
  const formats = new Formats({ ...locale, first_weekday: "language" }, "UTC");
  return usualText({ entity_id: "sensor.resting", state: "57", attributes }, formats);
}

test("a number is said beside what is usual", () => {
  const lower = { compared_to_usual: "lower", difference: -2 };
  expect(said("en", lower)).toBe("2 below your usual");
  expect(said("de", lower)).toBe("2 tiefer als üblich");
  expect(said("en", { compared_to_usual: "higher", difference: 3.6 })).toBe("4 above your usual");
  expect(said("en", { compared_to_usual: "usual", difference: -1 })).toBe("as usual");
});

test("what rounds to nothing is as usual", () => {
  expect(said("en", { compared_to_usual: "lower", difference: -0.4 })).toBe("as usual");
});

test("as long as nobody knows what is usual, nothing is said", () => {
  for (const compared_to_usual of [undefined, null, "unknown"])
    expect(said("en", { compared_to_usual, difference: null })).toBeUndefined();
});

test("the resting heart rate is found beside the heart rate, and again once the entities have changed", () => {
  const entry = (entity_id: string, translation_key: string) => ({
    entity_id,
    translation_key,
    platform: "fitbit_cardiogram",
    device_id: "alex",
  });
  const states = { "sensor.resting": { entity_id: "sensor.resting", state: "57", attributes: {} } };
  const devices = { alex: { id: "alex", name: "Alex", identifiers: [["fitbit_cardiogram", "01ALEX"]] } };
  const hass = {
    states,
    devices,
    entities: { "sensor.pulse": entry("sensor.pulse", "heart_rate") },
  } as unknown as Hass;
  const found = new RestingHeartRate();
  expect(found.of(hass, "sensor.pulse")).toBeUndefined();
  const entities = { ...hass.entities, "sensor.resting": entry("sensor.resting", "resting_heart_rate") };
  expect(found.of({ ...hass, entities }, "sensor.pulse")?.state).toBe("57");
  expect(found.of({ ...hass, entities }, "sensor.other")).toBeUndefined();
});
