import { expect, test } from "vitest";
import type { Stage } from "../../custom_components/fitbit_cardiogram/frontend/src/contract";
import { STAGES } from "../../custom_components/fitbit_cardiogram/frontend/src/palette";
import { barsOf, stageName, stageTimes } from "../../custom_components/fitbit_cardiogram/frontend/src/stages";

const MINUTE = 60;

/** Stages one after another, each of so many minutes. */
function stages(...all: [type: string, minutes: number][]): Stage[] {
  let end = 0;
  return all.map(([type, minutes]) => {
    const start = end;
    end += minutes * MINUTE;
    return { type, start, end };
  });
}

const NIGHT = stages(["AWAKE", 10], ["LIGHT", 50], ["DEEP", 30], ["REM", 20], ["LIGHT", 80], ["AWAKE", 10]);

test("the time in each stage adds up, from awake down to deep", () => {
  expect(stageTimes(NIGHT)).toEqual([
    { type: "AWAKE", seconds: 20 * MINUTE },
    { type: "REM", seconds: 20 * MINUTE },
    { type: "LIGHT", seconds: 130 * MINUTE },
    { type: "DEEP", seconds: 30 * MINUTE },
  ]);
  expect(stageTimes([])).toEqual([]);
});

test("each stage has its row, and rows that are not there take no room", () => {
  const bars = barsOf(NIGHT, { start: 0, end: 200 * MINUTE });
  expect(bars.map(({ row }) => row)).toEqual([0, 2, 3, 1, 2, 0]);
  expect(bars.map(({ left }) => Math.round(200 * left))).toEqual([0, 10, 60, 90, 110, 190]);
  expect(bars.reduce((sum, { width }) => sum + width, 0)).toBeCloseTo(1);
  const classic = stages(["ASLEEP", 60], ["RESTLESS", 5], ["AWAKE", 5]);
  expect(barsOf(classic, { start: 0, end: 70 * MINUTE }).map(({ row }) => row)).toEqual([2, 1, 0]);
});

test("of a stage that is partly in view only that part is drawn, and its row stays", () => {
  const bars = barsOf(NIGHT, { start: 70 * MINUTE, end: 100 * MINUTE });
  expect(bars.map(({ type, row }) => [type, row])).toEqual([
    ["DEEP", 3],
    ["REM", 1],
  ]);
  expect(bars.map(({ left, width }) => [left, width])).toEqual([
    [0, 20 / 30],
    [20 / 30, 10 / 30],
  ]);
});

test("a stage that is new is drawn below all others, in grey and by its own word", () => {
  const odd = stages(["OUT_OF_BED", 5], ["DEEP", 30]);
  expect(stageTimes(odd).map(({ type }) => type)).toEqual(["DEEP", "OUT_OF_BED"]);
  expect(barsOf(odd, { start: 0, end: 1 })[0]?.colour).toBe("var(--stage-unknown)");
  expect(stageName("de", "OUT_OF_BED")).toBe("Out of bed");
  expect(stageName("de", "SLEEP_STAGE_TYPE_UNSPECIFIED")).toBe("Unbekannt");
  // A word of another text is none of a stage.
  expect(stageName("en", "S")).toBe("S");
});

test("stages have names", () => {
  const known = ["AWAKE", "RESTLESS", "REM", "LIGHT", "ASLEEP", "DEEP"];
  expect(known.map((type) => stageName("en", type))).toEqual([
    "Awake",
    "Restless",
    "REM",
    "Light",
    "Asleep",
    "Deep",
  ]);
  expect(stageName("de-CH", "DEEP")).toBe("Tief");
  expect(Object.keys(STAGES).sort()).toEqual([...known.map((type) => type.toLowerCase()), "unknown"].sort());
});
