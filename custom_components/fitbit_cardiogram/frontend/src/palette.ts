/** The colours of the cards, unless a theme has others; the picture of the day is drawn in the same ones. */

import { dark, light, stages } from "../../palette.json";

export type Palette = typeof light;

export const PALETTES: Record<"light" | "dark", Palette> = { light, dark };

/** Of the stages of sleep; each can be told from a white and from a dark card. */
export const STAGES = stages;
