import { expect, test } from "vitest";
import { chartStyles } from "../../custom_components/fitbit_cardiogram/frontend/src/styles";

test("what lies on the plot does not lie on Home Assistant's header, too", () => {
  expect(chartStyles.join("")).toMatch(/ha-card \{[^}]*isolation: isolate;/);
});
