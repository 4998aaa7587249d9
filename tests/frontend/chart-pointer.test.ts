import { expect, test } from "vitest";
import { ChartPointer } from "../../custom_components/fitbit_cardiogram/frontend/src/chart-pointer";
import { columnsOfSamples } from "../../custom_components/fitbit_cardiogram/frontend/src/columns";
import type { Plot } from "../../custom_components/fitbit_cardiogram/frontend/src/plot";

/** Two samples, a gap, and two samples: places 0, 1, 3 and 4. */
const COLUMNS = columnsOfSamples({ time: [0, 5, 900, 905], value: [60, 62, 80, 90] }, 300);

function pointer() {
  const pointed: (number | undefined)[] = [];
  let changes = 0;
  const made = new ChartPointer(() => changes++);
  const at = (fraction: number) => (fraction ? 4 : 0);
  const pointAt = (index: number | undefined) => pointed.push(index);
  made.plot = { at, pointAt, frame: { width: 200 } } as unknown as Plot;
  return { made, pointed, changes: () => changes };
}

test("steps begin at an edge, skip gaps and end at the last point", () => {
  const { made } = pointer();
  expect([made.next(COLUMNS, 1), made.next(COLUMNS, -1)]).toEqual([0, 4]);
  made.follow({ index: 1, left: 50, top: 0 });
  expect([made.next(COLUMNS, 1), made.next(COLUMNS, 10), made.next(COLUMNS, -10)]).toEqual([3, 4, 0]);
  expect(made.fraction).toBe(0.25);
});

test("only another place is a change, and leaving takes the cursor away once", () => {
  const { made, pointed, changes } = pointer();
  made.leave();
  expect(pointed).toEqual([]);
  made.pinAt(1);
  for (let count = 0; count < 2; count++) made.follow({ index: 4, left: 200, top: 9 });
  expect([changes(), made.isPinned, pointed]).toEqual([1, true, [4]]);
  made.leave();
  made.follow(undefined);
  made.leave();
  expect([changes(), made.isPinned, pointed]).toEqual([2, false, [4, undefined]]);
});
