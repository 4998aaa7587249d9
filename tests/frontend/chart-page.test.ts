import { expect, test, vi } from "vitest";
import page from "../../docs/chart.md?raw";
import {
  type ChartConfig,
  checkConfig,
  configForm,
} from "../../custom_components/fitbit_cardiogram/frontend/src/chart-config";
import type { Hass } from "../../custom_components/fitbit_cardiogram/frontend/src/hass";
import { viewBy } from "../../custom_components/fitbit_cardiogram/frontend/src/strategy";

/** The lines `key: value` of the example under a heading, whatever they lie below. */
function example(heading: string): Record<string, unknown> {
  const block = page.split(`# ${heading}\n`)[1]?.split("```yaml\n")[1]?.split("```")[0] ?? "";
  const values = [...block.matchAll(/^[ -]*(\w+): (.+)$/gm)].map(([, key = "", value = ""]) => [
    key,
    /^(true|false|\d+)$/.test(value) ? JSON.parse(value) : value,
  ]);
  return Object.fromEntries(values);
}

interface Field {
  name: string;
  schema?: Field[];
}

test("the example of the chart card says all that can be set, and is taken", () => {
  const config = example("The chart as a card") as unknown as ChartConfig;
  expect(() => checkConfig(config)).not.toThrow();
  vi.stubGlobal("document", { querySelector: () => null });
  vi.stubGlobal("navigator", { language: "en" });
  const fields = configForm().schema as Field[];
  vi.unstubAllGlobals();
  const names = fields.flatMap((field) => field.schema ?? [field]);
  expect(Object.keys(config).sort()).toEqual(["type", ...names.map(({ name }) => name)].sort());
  for (const key of Object.keys(config)) if (key !== "type") expect(page).toContain(`\`${key}\``);
});

test("the example of a view shows the account", async () => {
  const { type, entity } = example("The dashboard and the chart") as { type: string; entity: string };
  const hass = {
    devices: { alex: { id: "alex", name: "Alex", identifiers: [["fitbit_cardiogram", "01ALEX"]] } },
    entities: {
      [entity]: {
        entity_id: entity,
        translation_key: "heart_rate",
        device_id: "alex",
        platform: "fitbit_cardiogram",
      },
    },
    states: {},
    locale: { language: "en" },
    callWS: async () => [],
  } as unknown as Hass;
  const view = await viewBy(hass, { type, entity });
  expect(JSON.stringify(view)).toContain(entity);
});

type Generator = (entity: object, start: Date, end: Date, hass: object) => Promise<unknown>;

/** The function that the page gives apexcharts-card, made as that card makes it. */
function generator(): Generator {
  const body = /data_generator: \|\n([^]*?)```/.exec(page)?.[1] ?? "";
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor;
  return AsyncFunction("entity", "start", "end", "hass", "moment", `'use strict'; ${body}`) as Generator;
}

/** A Home Assistant in which the action answers as it does, with what it was asked. */
function home(buckets: object[]) {
  const asked: object[] = [];
  return {
    asked,
    entities: { "sensor.pulse": { device_id: "alex" } },
    devices: { alex: { config_entry_id: "01ALEX" } },
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
