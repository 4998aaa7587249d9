/** What a person can set of the chart card, and the form for it. */

import { DOMAIN, heartRates } from "./account";
import type { Hass } from "./hass";
import { pageHass, pageLanguage } from "./page";
import { RANGE_NAMES, RANGES, type Range } from "./ranges";
import { type TextKey, text } from "./texts";

export const CHART_TYPE = "fitbit-cardiogram-chart";

export interface ChartConfig {
  type: string;
  /** The heart rate of an account. */
  entity: string;
  title?: string;
  /** The newest value and the resting heart rate, which the card of the person may have said already. */
  newest?: boolean;
  range?: Range;
  zones?: boolean;
  resting?: boolean;
  alerts?: boolean;
  workouts?: boolean;
  sleep?: boolean;
  /** Lowest to highest, where a point stands for many samples. */
  band?: boolean;
  /** CSS pixels of the chart itself; without, it fits its place. */
  height?: number;
}

export const DEFAULT_RANGE: Range = "24h";

/** Refuse what cannot be shown, as Home Assistant expects it: by an error with a sentence. */
export function checkConfig(config: ChartConfig): void {
  if (typeof config.entity !== "string") throw new Error(text(pageLanguage(), "choose"));
  if (config.range !== undefined && !(config.range in RANGES))
    throw new Error(`range: ${RANGE_NAMES.join(", ")}`);
}

export function stubConfig(hass: Hass): Omit<ChartConfig, "type"> {
  return { entity: heartRates(hass)[0] ?? "" };
}

interface Field {
  name: string;
}

/** Return the form of the visual editor. */
export function configForm() {
  const hass = pageHass();
  const language = pageLanguage();
  const ours = hass ? heartRates(hass) : [];
  const say = (key: string) => text(language, key as TextKey);
  const helped = new Set([
    "entity",
    "title",
    "range",
    "height",
    "newest",
    "zones",
    "alerts",
    "workouts",
    "sleep",
    "band",
  ]);
  return {
    schema: [
      {
        name: "entity",
        required: true,
        selector: {
          entity: {
            filter: { integration: DOMAIN, domain: "sensor" },
            ...(ours.length ? { include_entities: ours } : {}),
          },
        },
      },
      { name: "title", selector: { text: {} } },
      {
        type: "grid",
        name: "",
        schema: [
          {
            name: "range",
            default: DEFAULT_RANGE,
            selector: {
              select: {
                mode: "dropdown",
                options: RANGE_NAMES.map((value) => ({ value, label: say(`name_${value}`) })),
              },
            },
          },
          {
            name: "height",
            selector: { number: { mode: "box", min: 120, max: 1200, step: 10, unit_of_measurement: "px" } },
          },
        ],
      },
      {
        type: "expandable",
        name: "",
        title: say("field_show"),
        flatten: true,
        schema: ["newest", "zones", "resting", "alerts", "workouts", "sleep", "band"].map((name) => ({
          name,
          default: true,
          selector: { boolean: {} },
        })),
      },
    ],
    // What holds other fields has no name.
    computeLabel: ({ name }: Field) => (name ? say(`field_${name}`) : ""),
    computeHelper: ({ name }: Field) => (helped.has(name) ? say(`help_${name}`) : undefined),
  };
}
