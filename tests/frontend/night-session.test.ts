import { expect, test } from "vitest";
import type { Night } from "../../custom_components/fitbit_cardiogram/frontend/src/contract";
import { Formats } from "../../custom_components/fitbit_cardiogram/frontend/src/formats";
import { nightSession } from "../../custom_components/fitbit_cardiogram/frontend/src/night-session";

const START = Date.UTC(2026, 10, 13, 22, 5) / 1000;
const HOUR = 3600;
const NOW = START + 30 * HOUR;

const NIGHT: Night = {
  id: "abc",
  type: "night",
  start: START,
  end: START + 8 * HOUR,
  final: true,
  asleep: 7 * HOUR + 19 * 60,
  mean: 52.4,
  lowest: 46.2,
  lowest_at: START + 5 * HOUR,
  dip: 14.8,
  stages: [
    { type: "LIGHT", start: START, end: START + HOUR },
    { type: "DEEP", start: START + HOUR, end: START + 2 * HOUR },
  ],
};

const formats = (language: string) =>
  new Formats(
    {
      language,
      number_format: "language",
      time_format: "24",
      time_zone: "server",
      first_weekday: "language",
    },
    "Europe/Berlin",
  );

/** Intl separates with spaces of several sorts. */
const plain = (said: string | null) => said && said.replaceAll(/\s/g, " ");

test("a night has its time asleep, its heart rate, its lowest with the time, and the dip", () => {
  const figures = (language: string, night = NIGHT) =>
    nightSession(night)
      .figures(formats(language))
      .map(([key, value]) => [key, plain(value)]);
  expect(figures("en")).toEqual([
    ["asleep", "7 hr 19 min"],
    ["sleeping", "52"],
    ["lowest", "46 · 04:05"],
    ["dip", "15%"],
  ]);
  expect(figures("de").map(([, value]) => value)).toEqual(["7 Std. 19 Min.", "52", "46 · 04:05", "15 %"]);
  expect(figures("en", { ...NIGHT, dip: -3.2 })[3]).toEqual(["dip", "−3%"]);
});

test("without samples there are no figures of the heart", () => {
  const bare = { ...NIGHT, mean: null, lowest: null, lowest_at: null, dip: null };
  expect(nightSession(bare).figures(formats("en")).slice(1)).toEqual([
    ["sleeping", null],
    ["lowest", null],
    ["dip", null],
  ]);
});

test("a night says when it was, and one without end that it goes on", () => {
  expect(plain(nightSession(NIGHT).when(formats("en"), NOW))).toMatch(/Nov 13, 23:05 – .*Nov 14, 07:05/);
  const running = nightSession({ ...NIGHT, end: null });
  expect(plain(running.when(formats("en"), NOW))).toMatch(/Nov 13, 23:05, not over yet$/);
});

test("a moment of a night is said with its stage, as far as that is known", () => {
  const session = nightSession(NIGHT);
  expect(session.at("en", START + HOUR)).toBe("Night: Deep");
  expect(session.at("de", START)).toBe("Nacht: Leicht");
  expect(session.at("en", START + 3 * HOUR)).toBe("Night");
  expect(nightSession({ ...NIGHT, type: "nap" }).at("en", 0)).toBe("Nap");
});

test("durations are said in hours and minutes", () => {
  const said = [0, 29, 59 * 60, HOUR, 8 * HOUR - 20, 90 * 60].map((seconds) =>
    plain(formats("en").hours(seconds)),
  );
  expect(said).toEqual(["0 min", "0 min", "59 min", "1 hr", "8 hr", "1 hr 30 min"]);
});
