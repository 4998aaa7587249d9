import { expect, test } from "vitest";
import { type Ground, IN_FRONT } from "../../custom_components/fitbit_cardiogram/frontend/src/plot-layers";

/** Where the name of a resting heart rate of 57 stands beside its line, if the day ended at `midnight`. */
function side(mean: number[], midnight: number): unknown {
  const context = new Proxy({} as Record<string, unknown>, {
    get: (values, key: string) => values[key] ?? (() => undefined),
  });
  const scene = {
    columns: { x: mean.map((_, index) => index), mean },
    view: { start: 0, end: mean.length },
    days: [{ start: -50, end: midnight, resting: 57, zones: [] }],
    resting: "resting 57",
  };
  IN_FRONT[0]?.({
    context,
    pixel: 1,
    box: { left: 0, top: 0, width: mean.length, height: 100 },
    scene,
    colours: {},
    x: (time: number) => time,
    y: (bpm: number) => bpm,
    font: () => "",
  } as unknown as Ground);
  return context.textBaseline === "top" ? "below" : "above";
}

const asleep = Array<number>(50).fill(50);
const awake = Array<number>(50).fill(70);

test("the name of the resting heart rate keeps away from the curve beside it, not from that of this morning", () => {
  expect(side([...asleep, ...awake], 50)).toBe("above");
  expect(side([...awake, ...asleep], 50)).toBe("below");
});

test("the name of today's resting heart rate keeps away from the end of the curve", () => {
  expect(side([...asleep, ...awake], 150)).toBe("below");
  expect(side([...awake, ...asleep], 150)).toBe("above");
});
