import { expect, test } from "vitest";
import { LANGUAGES, text } from "../../custom_components/fitbit_cardiogram/frontend/src/texts";

const placeholders = (said: string) => [...said.matchAll(/\{\w+\}/g)].map(String).sort();

test("every language fills in the same, and lacks nothing", () => {
  const { en, ...others } = LANGUAGES;
  for (const [language, table] of Object.entries(others)) {
    expect([language, Object.keys(table).sort()]).toEqual([language, Object.keys(en).sort()]);
    for (const [key, said] of Object.entries(table))
      expect([key, placeholders(said)]).toEqual([key, placeholders(en[key as keyof typeof en])]);
  }
});

test("a language's variant is that language, and an unknown one English", () => {
  expect(text("de-CH", "resting")).toBe("Ruhepuls");
  expect(text("xx", "resting")).toBe("Resting");
  expect(text("en", "alert_high", { limit: 120, time: "34 min", extreme: 151 })).toBe(
    "Above 120 for 34 min, up to 151",
  );
});
