/** Stages of sleep: their names and colours, where they are drawn, and how long each was. */

import type { Span, Stage } from "./contract";
import { inPlainWords, isKey, text } from "./texts";

/** The stages from the top down, of both sorts of devices; what is none of these lies below them. */
const ORDER = ["AWAKE", "RESTLESS", "REM", "LIGHT", "ASLEEP", "DEEP"];

export interface Bar {
  type: string;
  colour: string;
  /** The row that it lies in, from the top down. */
  row: number;
  /** Shares of the view's width. */
  left: number;
  width: number;
}

/** Return the stages that a view shows, in rows. */
export function barsOf(stages: Stage[], view: Span): Bar[] {
  const rows = typesOf(stages);
  const span = view.end - view.start;
  return stages
    .filter(({ start, end }) => start < view.end && end > view.start)
    .map(({ type, start, end }) => {
      const [from, to] = [Math.max(start, view.start), Math.min(end, view.end)];
      const [left, width] = [(from - view.start) / span, (to - from) / span];
      return { type, colour: stageColour(type), row: rows.indexOf(type), left, width };
    });
}

export interface StageTime {
  type: string;
  seconds: number;
}

/** Return how long each stage was, from the top row down. */
export function stageTimes(stages: Stage[]): StageTime[] {
  return typesOf(stages).map((type) => ({
    type,
    seconds: stages.reduce((sum, stage) => sum + (stage.type === type ? stage.end - stage.start : 0), 0),
  }));
}

export function stageName(language: string, type: string): string {
  const key = `stage_${type.toLowerCase()}`;
  return isKey(key) ? text(language, key) : inPlainWords(type) || text(language, "stage_unknown");
}

/** Return the colour of a stage, for a style. */
export function stageColour(type: string): string {
  return `var(--stage-${ORDER.includes(type) ? type.toLowerCase() : "unknown"})`;
}

function typesOf(stages: Stage[]): string[] {
  const rank = (type: string) => (ORDER.includes(type) ? ORDER.indexOf(type) : ORDER.length);
  return [...new Set(stages.map(({ type }) => type))].sort((one, other) => rank(one) - rank(other));
}
