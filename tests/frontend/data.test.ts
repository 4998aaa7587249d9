import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { HeartRateData } from "../../custom_components/fitbit_cardiogram/frontend/src/data";
import type { Hass } from "../../custom_components/fitbit_cardiogram/frontend/src/hass";
import { DAY } from "../../custom_components/fitbit_cardiogram/frontend/src/ranges";

type News = { latest: number | null; lacks?: string[] };
type Message = { type: string; start: number; end: number; width?: number };
interface Asked {
  message: Message;
  answer(result: unknown): void;
  refuse(code: string): void;
}

/** Home Assistant at the other end of the line. */
class Home {
  asked: Asked[] = [];
  heard: ((event: News) => void)[] = [];
  unsubscribed = 0;
  readonly hass = {
    callWS: (message: Message) =>
      new Promise((answer, reject) => {
        if (message.type.endsWith("annotations")) answer({ gap: 300, days: [], alerts: [], workouts: [] });
        else this.asked.push({ message, answer, refuse: (code) => reject({ code, message: "Sorry." }) });
      }),
    connection: {
      addEventListener: () => undefined,
      removeEventListener: () => undefined,
      subscribeMessage: async (heard: (event: News) => void) => {
        this.heard.push(heard);
        return async () => {
          this.unsubscribed++;
        };
      },
    },
  } as unknown as Hass;

  get last(): Asked {
    return this.asked.at(-1) as Asked;
  }
}

const samples = (...value: number[]) => ({ time: value.map((_, index) => index), value });
const day = () => ({ start: Date.now() / 1000 - DAY, end: Date.now() / 1000 });
const wait = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

let home: Home;
let data: HeartRateData;

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 21) });
  home = new Home();
  data = new HeartRateData(() => undefined);
  data.follow(home.hass, "entry");
});

afterEach(() => {
  data.stop();
  vi.useRealTimers();
});

test("a view is fetched once, however often it is shown", async () => {
  const view = day();
  for (let count = 0; count < 3; count++) {
    data.show(view, 600);
    await wait(10);
  }
  expect(home.asked).toHaveLength(1);
  expect(home.last.message).toMatchObject({ entry_id: "entry", type: "fitbit_cardiogram/heart_rate" });
  home.last.answer(samples(70));
  await wait(10);
  data.show(view, 600);
  await wait(1000);
  expect(home.asked).toHaveLength(1);
  expect(data.loaded?.values).toEqual({ samples: samples(70) });
});

test("an answer without nights has none", async () => {
  data.show(day(), 600);
  await wait(10);
  home.last.answer(samples(70));
  await wait(10);
  expect(data.loaded?.annotations.nights).toEqual([]);
});

test("what the sign-in lacks the permission for is heard, and forgotten with the account", async () => {
  await wait(10);
  home.heard[0]?.({ latest: null, lacks: ["sleep"] });
  expect(data.lacks).toEqual(["sleep"]);
  home.heard[0]?.({ latest: null });
  expect(data.lacks).toEqual([]);
  home.heard[0]?.({ latest: null, lacks: ["sleep"] });
  data.follow(home.hass, "other");
  expect(data.lacks).toEqual([]);
});

test("while a view moves nothing is fetched, and what is here stays", async () => {
  data.show(day(), 600);
  await wait(10);
  home.last.answer(samples(70));
  await wait(10);
  for (let back = 1; back < 20; back++) {
    data.show({ start: day().start - back * DAY, end: day().end - back * DAY }, 600);
    await wait(50);
  }
  expect(home.asked).toHaveLength(1);
  await wait(200);
  expect(home.asked).toHaveLength(2);
  expect(data.loading).toBe(true);
  expect(data.loaded?.values).toEqual({ samples: samples(70) });
});

test("an answer that has been overtaken is dropped", async () => {
  data.show(day(), 600);
  await wait(10);
  const [first] = home.asked as [Asked];
  data.show({ start: day().start - 9 * DAY, end: day().end - 9 * DAY }, 600);
  await wait(200);
  home.last.answer(samples(80));
  await wait(10);
  first.answer(samples(70));
  await wait(10);
  expect(data.loaded?.values).toEqual({ samples: samples(80) });
  expect(data.loading).toBe(false);
});

test("news lead to one fetch in five seconds, and none while nobody looks", async () => {
  data.show(day(), 600);
  await wait(10);
  home.last.answer(samples(70));
  home.heard[0]?.({ latest: 1 });
  await wait(6000);
  expect(home.asked).toHaveLength(1);
  for (let count = 0; count < 40; count++) {
    home.heard[0]?.({ latest: 2 });
    await wait(100);
    if (data.loading) home.last.answer(samples(71));
  }
  expect(data.latest).toBe(2);
  expect(home.asked).toHaveLength(2);
  await wait(6000);
  home.last.answer(samples(72));
  await wait(10);
  expect(home.asked).toHaveLength(3);
  data.pause(true);
  home.heard[0]?.({ latest: 3 });
  await wait(10_000);
  expect(home.asked).toHaveLength(3);
  data.pause(false);
  await wait(10);
  expect(home.asked).toHaveLength(4);
});

test("where samples are too many, minutes are asked for", async () => {
  data.show(day(), 600);
  await wait(10);
  home.last.refuse("too_many_values");
  await wait(10);
  expect(home.last.message.width).toBe(60);
  const buckets = { time: [0], min: [60], mean: [61], max: [62], count: [5] };
  home.last.answer(buckets);
  await wait(10);
  expect(data.loaded?.values).toEqual({ buckets, width: 60 });
  expect(data.error).toBeUndefined();
});

test("a refusal is tried again, but not without permission, which hides what was here", async () => {
  const view = day();
  data.show(view, 600);
  await wait(10);
  home.last.refuse("not_found");
  await wait(10);
  data.show(view, 600);
  await wait(1000);
  expect(home.asked).toHaveLength(1);
  expect(data.error).toEqual({ code: "not_found", message: "Sorry." });
  await wait(10_000);
  expect(home.asked).toHaveLength(2);
  home.last.answer(samples(70));
  home.heard[0]?.({ latest: 1 });
  home.heard[0]?.({ latest: 2 });
  await wait(6000);
  home.last.refuse("unauthorized");
  await wait(60_000);
  expect(data.loaded).toBeUndefined();
  expect(home.asked).toHaveLength(3);
});

test("nothing goes on once it has been stopped, or is about another account", async () => {
  data.show(day(), 600);
  await wait(10);
  const [first] = home.asked as [Asked];
  data.follow(home.hass, "other");
  await wait(10);
  first.answer(samples(70));
  home.heard[0]?.({ latest: 5 });
  await wait(10);
  expect([data.loaded, data.latest, home.unsubscribed]).toEqual([undefined, undefined, 1]);
  data.stop();
  await wait(60_000);
  expect(home.unsubscribed).toBe(2);
  expect(home.asked).toHaveLength(1);
});
