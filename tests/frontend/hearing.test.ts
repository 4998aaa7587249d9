import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { hear } from "../../custom_components/fitbit_cardiogram/frontend/src/hearing";
import type { Connection } from "../../custom_components/fitbit_cardiogram/frontend/src/hass";

/** A connection that Home Assistant's restart interrupts. */
class Line {
  asked: unknown[][] = [];
  refusals: unknown[] = [];
  tell: (news: number) => void = () => undefined;
  ready = new Set<() => void>();
  readonly stop = vi.fn(async () => undefined);
  readonly connection = {
    subscribeMessage: async (heard: (news: number) => void, ...how: unknown[]) => {
      this.asked.push(how);
      const refusal = this.refusals.shift();
      if (refusal) throw refusal;
      this.tell = heard;
      return this.stop;
    },
    addEventListener: (_: string, listener: () => void) => this.ready.add(listener),
    removeEventListener: (_: string, listener: () => void) => this.ready.delete(listener),
  } as unknown as Connection;
}

let line: Line;
const message = { type: "overview", entry_id: "01ALEX" };
const wait = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

beforeEach(() => {
  vi.useFakeTimers();
  line = new Line();
});
afterEach(() => {
  vi.useRealTimers();
});

test("after a restart it is heard again, although the command comes later than the connection", async () => {
  const [heard, refused] = [vi.fn(), vi.fn()];
  const end = hear(line.connection, message, heard, refused);
  await wait(0);
  const before = line.tell;
  before(1);
  line.refusals = [{ code: "unknown_command", message: "Unknown command." }, 3];
  for (const listener of line.ready) listener();
  await wait(25_000);
  line.tell(2);
  before(3);
  expect(heard.mock.calls).toEqual([[1], [2]]);
  expect(refused.mock.calls.map(([error]) => error.code)).toEqual(["unknown_command", ""]);
  expect(line.asked).toEqual(Array.from({ length: 4 }, () => [message, { resubscribe: false }]));
  end();
  expect([line.stop.mock.calls.length, line.ready.size]).toEqual([1, 0]);
});

test("who may not hear is not asked about again, until the connection is another", async () => {
  line.refusals = [{ code: "unauthorized", message: "No." }];
  const end = hear(line.connection, message, vi.fn(), vi.fn());
  await wait(60_000);
  expect(line.asked).toHaveLength(1);
  for (const listener of line.ready) listener();
  await wait(0);
  expect(line.asked).toHaveLength(2);
  end();
});

test("what comes after the end is not heard", async () => {
  const heard = vi.fn();
  hear(line.connection, message, heard, vi.fn())();
  await wait(0);
  line.tell(1);
  expect(heard).not.toHaveBeenCalled();
  expect(line.stop).toHaveBeenCalledTimes(1);
});
