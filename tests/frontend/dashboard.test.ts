import { expect, test, vi } from "vitest";
import {
  type Automation,
  automationFor,
  findAutomation,
  keepAutomation,
  tellers,
} from "../../custom_components/fitbit_cardiogram/frontend/src/alert-automation";
import { areCrossed, changes } from "../../custom_components/fitbit_cardiogram/frontend/src/alert-limits";
import { Formats } from "../../custom_components/fitbit_cardiogram/frontend/src/formats";
import type { Hass, Locale } from "../../custom_components/fitbit_cardiogram/frontend/src/hass";
import {
  type Column,
  type DestinationState,
  type Overview,
  type Why,
  follow,
} from "../../custom_components/fitbit_cardiogram/frontend/src/overview";
import { told } from "../../custom_components/fitbit_cardiogram/frontend/src/reason";
import { LANGUAGES, type TextKey, text } from "../../custom_components/fitbit_cardiogram/frontend/src/texts";
import { TRENDS, hasTrend, trend } from "../../custom_components/fitbit_cardiogram/frontend/src/trend";
import { workoutList } from "../../custom_components/fitbit_cardiogram/frontend/src/workout-list";
import { hasYear, year } from "../../custom_components/fitbit_cardiogram/frontend/src/year";
import { standing } from "../../custom_components/fitbit_cardiogram/frontend/src/forwarding-line";
import { handlers, markup, words } from "./rendered";

const LOCALE: Locale = {
  language: "en",
  number_format: "language",
  time_format: "24",
  time_zone: "server",
  first_weekday: "monday",
};
const FORMATS = new Formats(LOCALE, "Europe/Berlin");
const NOW = Date.parse("2026-11-29T19:00:00Z") / 1000;
const DAY = 86400;
/** What a connection has beside its subscriptions. */
const LINE = { addEventListener: () => undefined, removeEventListener: () => undefined };
const ACCOUNT = { entryId: "01ALEX", deviceId: "alex", name: "Alex" };
const say = (key: TextKey, values?: Record<string, string | number>) => text("en", key, values);

vi.useFakeTimers({ now: NOW * 1000 });

test("ages and days are said as a person would", () => {
  const ago = [0, 59, 120, 7100, 3 * 3600, 50 * 3600].map((seconds) => FORMATS.ago(NOW - seconds, NOW));
  expect(ago).toEqual(["now", "now", "2 min. ago", "118 min. ago", "3 hr. ago", "2 days ago"]);
  expect([0, 1, 2, 8].map((days) => FORMATS.nearDay(NOW - days * DAY, NOW))).toEqual([
    ...["today", "yesterday", "Friday"],
    "Sat, Nov 21",
  ]);
  expect([FORMATS.moment(NOW, NOW), FORMATS.moment(NOW - DAY, NOW)]).toEqual(["20:00", "yesterday, 20:00"]);
  expect(FORMATS.civilDay(FORMATS.noon("2026-11-29"))).toBe("2026-11-29");
});

test("every reason is a sentence, in every language, with what can be done about it", () => {
  const reasons: Why[] = [
    ...(["not_set_up", "sign_in", "repair", "unreachable", "importing"] as const),
    ...(["nothing_yet", "not_synced", "not_worn", "begins"] as const),
  ];
  const remedies = reasons.map((key) => {
    const reason = { key, since: NOW, percent: key === "importing" ? 21 : null };
    const asked = { account: ACCOUNT, source: "Google Health", formats: FORMATS };
    const { words: key_, values, remedy } = told(reason, { ...asked, isAdmin: true });
    expect(told(reason, { ...asked, isAdmin: false }).remedy).toBeUndefined();
    for (const language of Object.keys(LANGUAGES))
      expect(text(language, key_, values)).toMatch(/^[A-ZÉ¿].{20,}[.?]$|\d/u);
    return [key, remedy && ("href" in remedy ? remedy.href.split("#")[0] : remedy.act)];
  });
  const page = "/config/integrations/integration/fitbit_cardiogram";
  expect(remedies.filter(([, remedy]) => remedy)).toEqual([
    ["not_set_up", page],
    ["sign_in", page],
    ["repair", "/config/repairs"],
    ["begins", "import"],
  ]);
});

const FINE: DestinationState = {
  id: "01SUB",
  name: "Cardiogram",
  automatic: true,
  pending: 0,
  oldest_pending: null,
  delivered: 114_353,
  last_delivery: NOW - 120,
  quarantined: 0,
  problem: null,
  paused: false,
  retry_at: null,
};

test("a destination is one line, and louder only when something is wrong", () => {
  const localize = (key: string) => (key.endsWith(".token_refused") ? "Access token refused" : "");
  const line = (changes: Partial<DestinationState>) => {
    const {
      mood,
      words: said,
      isToMend,
    } = standing({ hass: { localize } as unknown as Hass, formats: FORMATS, say }, { ...FINE, ...changes });
    return [mood, said, isToMend];
  };
  expect(line({})).toEqual(["fine", "all sent (114,353), 2 min. ago", false]);
  expect(line({ last_delivery: null, delivered: 0 })).toEqual(["fine", "nothing to send yet", false]);
  expect(line({ pending: 12 })).toEqual(["waits", "12 on the way", false]);
  expect(line({ pending: 12, automatic: false })[1]).toBe("12 waiting, automatic forwarding is off");
  expect(line({ quarantined: 3 })).toEqual(["trouble", "3 refused", true]);
  expect(line({ problem: "token_refused", paused: true, pending: 5 })).toEqual([
    ...["trouble", "Access token refused · 5 waiting"],
    true,
  ]);
  expect(line({ problem: "no_answer", retry_at: NOW + 60 })).toEqual([
    ...["waits", "not delivered · next try 20:01"],
    false,
  ]);
});

function column(count: number): Column {
  return {
    values: Array.from({ length: count }, (_, day) => (day % 7 === 3 ? null : 55 + (day % 6))),
    usual: Array.from({ length: count }, (_, day) => (day < 14 ? null : [56, 57, 58])),
  };
}

test("a trend draws dots, means and the usual, and says a day that is pointed at", () => {
  const [resting] = TRENDS;
  if (!resting) throw new Error();
  const picked = vi.fn();
  const first = FORMATS.noon("2026-09-01");
  const drawn = trend(resting, column(90), first, FORMATS, undefined, picked);
  expect(words(drawn)).toMatch(/^Resting heart rate seven-day mean 5\d bpm/);
  expect(markup(drawn).match(/h0/g)?.length).toBe(51);
  expect(markup(drawn)).not.toMatch(/NaN|undefined/);
  const [, , , key] = handlers(drawn);
  key?.({ key: "ArrowLeft", preventDefault: () => undefined });
  expect(picked).toHaveBeenCalledWith(88);
  expect(words(trend(resting, column(90), first, FORMATS, 88, picked))).toContain("Sat, Nov 28: 59 bpm");
  expect([hasTrend(undefined), hasTrend({ values: [1, 2, null] }), hasTrend({ values: [1, 2, 3] })]).toEqual([
    ...[false, false],
    true,
  ]);
});

test("a year has a cell for each day, and says itself in a sentence", () => {
  const days = column(364);
  const first = FORMATS.noon("2025-12-01");
  const drawn = year(days, first, FORMATS, undefined, () => undefined);
  expect(markup(drawn).match(/data-day/g)?.length).toBe(364);
  expect(words(drawn)).toMatch(/^A year of resting heart rate \d+ days as usual, \d+ below, \d+ above M W F/);
  expect(words(year(days, first, FORMATS, 20, () => undefined))).toContain("Sun, Dec 21: 57 bpm, as usual");
  expect([hasYear(days), hasYear(column(30)), hasYear(undefined)]).toEqual([true, false, false]);
});

test("workouts are sentences, as far as their figures are known", () => {
  const run = {
    id: "run",
    type: "RUNNING",
    start: NOW - 5400,
    end: NOW - 2880,
    final: true,
    lowest: 90,
    mean: 151.2,
    highest: 165,
    zones: { vigorous: 2000, light: 10 },
    recovery: 31,
    recovery_120: 50,
  };
  const walk = { ...run, type: "WALKING", mean: null, highest: null, recovery: null, zones: {} };
  const list = workoutList([run, walk], FORMATS);
  expect(words(list)).toBe(
    "Workouts Run today, 18:30 · 42 min mean 151, max 165 −31 in the minute after Walk today, 18:30 · 42 min",
  );
  expect(markup(list)).toContain("--colour:var(--zone-vigorous)");
});

test("one automation tells of an account's alerts, and what a person has changed of it stays", () => {
  const made = automationFor(ACCOUNT, ["high"], "notify.mobile_app_phone", "en");
  expect(made).toMatchObject({
    alias: "Heart rate alert for Alex",
    triggers: [
      {
        trigger: "fitbit_cardiogram.alert_began",
        target: { device_id: "alex" },
        options: { alert: ["high"] },
      },
    ],
    actions: [{ action: "notify.mobile_app_phone", data: { title: "Alex" } }],
  });
  expect(JSON.stringify(made)).toContain("above {{ trigger.limit }}, up to {{ trigger.extreme }}");
  const again = automationFor(ACCOUNT, ["low"], "notify.mobile_app_phone", "en", {
    ...made,
    alias: "Mine",
    conditions: [{ condition: "time" }],
  });
  expect([again.alias, again["conditions"]]).toEqual(["Mine", [{ condition: "time" }]]);
});

test("the automation is asked for where it is, kept, and removed without limits", async () => {
  const id = "fitbit_cardiogram_alert_01alex";
  const callApi = vi.fn(async (): Promise<Automation> => ({ alias: "Mine" }));
  const state = { entity_id: "automation.mine", state: "on", attributes: { id } };
  const services = { notify: { mobile_app_phone: {}, smtp: {} } };
  const hass = { states: {}, services, callApi, locale: LOCALE } as unknown as Hass;
  expect(await findAutomation(hass, ACCOUNT)).toBeUndefined();
  expect(callApi).not.toHaveBeenCalled();
  const found = await findAutomation({ ...hass, states: { "automation.mine": state } }, ACCOUNT);
  expect(found).toEqual({ alias: "Mine" });
  await keepAutomation(hass, ACCOUNT, ["high"], "notify.mobile_app_phone", found);
  await keepAutomation(hass, ACCOUNT, [], "notify.mobile_app_phone", found);
  await keepAutomation(hass, ACCOUNT, [], "notify.mobile_app_phone", undefined);
  const path = `config/automation/config/${id}`;
  expect(callApi.mock.calls.map((call: unknown[]) => call.slice(0, 2))).toEqual([
    ["GET", path],
    ["POST", path],
    ["DELETE", path],
  ]);
  expect(tellers(hass)).toEqual(["notify.mobile_app_phone", "persistent_notification.create"]);
});

test("limits are set in an order in which the low one is always below", () => {
  const before = { high: 120, low: 100, minutes: 10 };
  expect(changes({ high: 90, low: 50 }, before)).toEqual([
    ["low", 50],
    ["high", 90],
  ]);
  expect(changes({ high: 150, low: 120 }, before)).toEqual([
    ["high", 150],
    ["low", 120],
  ]);
  expect(changes({ high: 0, low: 100 }, before)).toEqual([["high", 0]]);
  expect(changes({ high: 120, low: 0 }, { high: null, low: null, minutes: 10 })).toEqual([["high", 120]]);
  const crossed = [areCrossed({ high: 100, low: 100 }), areCrossed({ high: 0, low: 60 })];
  expect([...crossed, areCrossed({ high: 100, low: 60 })]).toEqual([true, false, false]);
});

test("the cards of a page share one subscription, which ends with the last", async () => {
  const stop = vi.fn(async () => undefined);
  let send: (overview: Overview) => void = () => undefined;
  const subscribeMessage = vi.fn(async (heard: (overview: Overview) => void) => {
    send = heard;
    return stop;
  });
  const hass = { connection: { ...LINE, subscribeMessage } } as unknown as Hass;
  const [one, other] = [vi.fn(), vi.fn()];
  const ends = [follow(hass, "01ALEX", one)];
  await Promise.resolve();
  const overview = { reason: null, source: "Google Health" };
  send(overview);
  ends.push(follow(hass, "01ALEX", other));
  expect([one.mock.calls, other.mock.calls]).toEqual([[[overview, undefined]], [[overview, undefined]]]);
  ends[0]?.();
  expect(stop).not.toHaveBeenCalled();
  ends[1]?.();
  expect([subscribeMessage.mock.calls.length, stop.mock.calls.length]).toEqual([1, 1]);
});

test("a refusal is told, and is final only where the person may not see the account", async () => {
  const codes = ["not_found", "unauthorized"];
  const subscribeMessage = vi.fn(async () => Promise.reject({ code: codes.shift(), message: "no" }));
  const heard = vi.fn();
  const end = follow({ connection: { ...LINE, subscribeMessage } } as unknown as Hass, "01ALEX", heard);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(subscribeMessage).toHaveBeenCalledTimes(2);
  expect(heard.mock.calls.map(([, error]) => error.code)).toEqual(["not_found", "unauthorized"]);
  end();
});
