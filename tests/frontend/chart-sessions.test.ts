import { beforeEach, expect, test } from "vitest";
import { ChartSessions } from "../../custom_components/fitbit_cardiogram/frontend/src/chart-sessions";
import type {
  Annotations,
  Night,
  Workout,
} from "../../custom_components/fitbit_cardiogram/frontend/src/contract";

const HOUR = 3600;
const DAY = { start: 0, end: 24 * HOUR };
const CONFIG = { type: "", entity: "" };

const NIGHT: Night = {
  ...{ id: "1", type: "night", start: HOUR, end: 8 * HOUR, final: true, asleep: 6 * HOUR, stages: [] },
  ...{ mean: null, lowest: null, lowest_at: null, dip: null },
};
const RUN: Workout = {
  ...{ id: "1", type: "RUNNING", start: 0, end: 600, final: true, zones: {} },
  ...{ lowest: null, mean: null, highest: null, recovery: null, recovery_120: null },
};

function known(nights: Night[], workouts: Workout[] = [RUN]): Annotations {
  return { gap: 300, days: [], alerts: [], workouts, nights };
}

let sessions: ChartSessions;
const ids = () => sessions.in(DAY).map(({ id }) => id);

beforeEach(() => {
  sessions = new ChartSessions();
  sessions.take(known([NIGHT]), CONFIG);
});

test("workouts and sleep are one list in order of time, each by an id of its own", () => {
  expect(ids()).toEqual(["workout-1", "sleep-1"]);
  expect(sessions.at(DAY, { start: 500, end: 501 }).map(({ id }) => id)).toEqual(["workout-1"]);
});

test("what is switched off is not there", () => {
  sessions.take(known([NIGHT]), { ...CONFIG, sleep: false });
  expect(ids()).toEqual(["workout-1"]);
  sessions.take(known([NIGHT]), { ...CONFIG, workouts: false });
  expect(ids()).toEqual(["sleep-1"]);
  sessions.take(undefined, CONFIG);
  expect(ids()).toEqual([]);
});

test("the open one has no name above the curve, and closing it leads back to where it began", () => {
  const [run, night] = sessions.in(DAY);
  if (!run || !night) throw new Error();
  const shown = { view: DAY, isLive: true };
  sessions.open(night, shown);
  sessions.open(run, { view: { start: 5, end: 6 }, isLive: false });
  expect(sessions.named(DAY)).toEqual([night]);
  expect(sessions.close()).toBe(shown);
  expect([sessions.opened, sessions.close()]).toEqual([undefined, undefined]);
});

test("what becomes known of the open one is taken on, and what is not asked for is not forgotten", () => {
  sessions.open(sessions.in(DAY)[1] as never, { view: DAY, isLive: false });
  const stages = [{ type: "DEEP", start: HOUR, end: 8 * HOUR }];
  sessions.take(known([{ ...NIGHT, stages }]), CONFIG);
  expect(sessions.opened?.at("en", 2 * HOUR)).toBe("Night: Deep");
  sessions.take(known([]), CONFIG);
  expect(sessions.opened?.id).toBe("sleep-1");
});
