import { expect, test } from "vitest";
import readme from "../../README.md?raw";

type Generator = (entity: object, start: Date, end: Date, hass: object) => Promise<unknown>;

/** The function that the README gives apexcharts-card, made as that card makes it. */
function generator(): Generator {
  const body = /data_generator: \|\n([^]*?)```/.exec(readme)?.[1] ?? "";
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor;
  return AsyncFunction("entity", "start", "end", "hass", "moment", `'use strict'; ${body}`) as Generator;
}

/** A Home Assistant in which the action answers as it does, with what it was asked. */
function home(buckets: object[]) {
  const asked: object[] = [];
  return {
    asked,
    entities: { "sensor.pulse": { device_id: "alex" } },
    devices: { alex: { primary_config_entry: "01ALEX" } },
    callWS: async (message: object) => {
      asked.push(message);
      return { context: { id: "1" }, response: { buckets } };
    },
  };
}

const START = new Date("2026-11-21T08:00:00Z");
const END = new Date("2026-11-22T08:00:00Z");

test("the example for apexcharts-card draws the mean of each minute", async () => {
  const hass = home([
    { time: "2026-11-21T08:00:00+00:00", count: 12, min: 58, mean: 61.5, max: 66 },
    { time: "2026-11-21T08:01:00+00:00", count: 11, min: 60, mean: 62, max: 64 },
  ]);
  expect(await generator()({ entity_id: "sensor.pulse" }, START, END, hass)).toEqual([
    [START.getTime(), 61.5],
    [START.getTime() + 60_000, 62],
  ]);
  expect(hass.asked).toEqual([
    {
      type: "call_service",
      domain: "fitbit_cardiogram",
      service: "get_heart_rate",
      return_response: true,
      service_data: {
        config_entry_id: "01ALEX",
        start: "2026-11-21T08:00:00.000Z",
        end: "2026-11-22T08:00:00.000Z",
        resolution: "1min",
      },
    },
  ]);
});

test("the example for apexcharts-card draws nothing where there is nothing", async () => {
  expect(await generator()({ entity_id: "sensor.pulse" }, START, END, home([]))).toEqual([]);
});
