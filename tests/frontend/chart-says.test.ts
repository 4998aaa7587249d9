import { expect, test } from "vitest";
import { says } from "../../custom_components/fitbit_cardiogram/frontend/src/chart-says";
import type { HeartRateData } from "../../custom_components/fitbit_cardiogram/frontend/src/data";
import type { Formats } from "../../custom_components/fitbit_cardiogram/frontend/src/formats";
import { words } from "./rendered";

function said(code: string): string {
  const data = { error: { code, message: "the cause" } } as unknown as HeartRateData;
  const formats = { language: "en" } as Formats;
  return words(says(formats, data, { start: 0, end: 1 }, true, () => undefined));
}

test("the cause is told beside what says too little", () => {
  expect(said("home_assistant_error")).toBe("The heart rates cannot be read at the moment. the cause");
  expect(said("unknown_error")).toBe("The heart rates could not be loaded. the cause");
});

test("an account that is being set up anew is told in plain words alone", () => {
  expect(said("not_found")).toBe("This account is not set up at the moment.");
  expect(said("unauthorized")).not.toContain("the cause");
});
