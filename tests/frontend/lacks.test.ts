import { nothing, type TemplateResult } from "lit";
import { afterEach, expect, test, vi } from "vitest";
import { sleepLine } from "../../custom_components/fitbit_cardiogram/frontend/src/lacks";

const account = (entryId: string) => ({ entryId, deviceId: "", name: "" });

/** Choose the only button of the line. */
function hide(line: ReturnType<typeof sleepLine>): void {
  const press = (line as TemplateResult).values.find((value) => typeof value === "function");
  (press as () => void)();
}

afterEach(() => vi.unstubAllGlobals());

test("the line on sleep that is not read can be hidden for good, for one account", () => {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
  };
  vi.stubGlobal("localStorage", storage);
  const hidden = vi.fn();
  const line = sleepLine("en", account("one"), hidden);
  expect(JSON.stringify(line)).toContain("Sleep is not read");
  hide(line);
  expect(hidden).toHaveBeenCalledOnce();
  expect([...kept.keys()]).toEqual(["fitbit-cardiogram-hidden-sleep-one"]);
  expect(sleepLine("en", account("one"), hidden)).toBe(nothing);
  expect(sleepLine("en", account("two"), hidden)).not.toBe(nothing);
});

test("where the browser keeps nothing, the line is hidden as long as the page is open", () => {
  const refuse = () => {
    throw new Error();
  };
  vi.stubGlobal("localStorage", { getItem: refuse, setItem: refuse });
  hide(sleepLine("en", account("three"), () => undefined));
  expect(sleepLine("en", account("three"), () => undefined)).toBe(nothing);
});
