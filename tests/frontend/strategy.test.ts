import { expect, test } from "vitest";
import type {
  DeviceEntry,
  EntityEntry,
  Hass,
} from "../../custom_components/fitbit_cardiogram/frontend/src/hass";
import { accountBy, accounts } from "../../custom_components/fitbit_cardiogram/frontend/src/account";
import {
  type Card,
  type View,
  dashboard,
  viewBy,
} from "../../custom_components/fitbit_cardiogram/frontend/src/strategy";

const DOMAIN = "fitbit_cardiogram";
const TYPE = "custom:fitbit-cardiogram";

/** A Home Assistant with some devices and entities, `id key device`. */
function home(devices: Partial<DeviceEntry>[], entities: string[]): Hass {
  const entries = entities.map((line): [string, EntityEntry] => {
    const [entity_id = "", translation_key = "", device_id = "", hidden] = line.split(" ");
    return [entity_id, { entity_id, translation_key, device_id, platform: DOMAIN, hidden: Boolean(hidden) }];
  });
  return {
    devices: Object.fromEntries(devices.map((device) => [device.id, { name: null, ...device }])),
    entities: Object.fromEntries(entries),
    states: {},
    locale: { language: "en" },
    user: { is_admin: true },
  } as unknown as Hass;
}

const SAM = { id: "sam", name: "Sam", identifiers: [[DOMAIN, "01SAM"]] } as Partial<DeviceEntry>;
const ALEX = { id: "alex", name: "Alex", identifiers: [[DOMAIN, "01ALEX"]] } as Partial<DeviceEntry>;
const CARDIOGRAM = {
  id: "cardiogram",
  name: "Cardiogram",
  identifiers: [[DOMAIN, "01SUB"]],
  via_device_id: "alex",
} as Partial<DeviceEntry>;

const ENTITIES = [
  "sensor.pulse heart_rate alex",
  "sensor.resting resting_heart_rate alex",
  "sensor.light zone_light alex",
  "sensor.own zone_custom alex",
  "sensor.sync last_device_sync alex",
  "switch.forward automatic_forwarding cardiogram",
  "sensor.pending pending_beats cardiogram",
  "binary_sensor.problem forwarding_problem cardiogram",
  "sensor.sam heart_rate sam",
];
const FAMILY = home([SAM, ALEX, CARDIOGRAM], ENTITIES);

function cards(view: View): Card[] {
  return view.sections?.flatMap((section) => section.cards) ?? [];
}

function asks(entity?: string) {
  return { type: TYPE, ...(entity ? { entity } : {}) };
}

test("a dashboard has a view for each account, by name, and one of everybody", () => {
  expect(dashboard(FAMILY, { type: TYPE })).toEqual({
    views: [
      {
        title: "Everyone",
        path: "everyone",
        strategy: { type: TYPE, accounts: ["sensor.pulse", "sensor.sam"] },
      },
      { title: "Alex", path: "01alex", strategy: { type: TYPE, entity: "sensor.pulse" } },
      { title: "Sam", path: "01sam", strategy: { type: TYPE, entity: "sensor.sam" } },
    ],
  });
});

test("who may not read an account has no view of it, unless that is true of all", () => {
  const titles = (hass: Hass) => dashboard(hass, { type: TYPE }).views.map(({ title }) => title);
  const states = { "sensor.sam": { entity_id: "sensor.sam", state: "60", attributes: {} } };
  expect(titles({ ...FAMILY, states, user: { is_admin: false } })).toEqual(["Sam"]);
  expect(titles({ ...FAMILY, states })).toEqual(["Everyone", "Alex", "Sam"]);
  expect(titles({ ...FAMILY, user: { is_admin: false } })).toEqual(["Everyone", "Alex", "Sam"]);
  expect(
    viewBy({ ...FAMILY, states, user: { is_admin: false } }, asks()).sections?.[0]?.cards[0]?.["entity"],
  ).toBe("sensor.sam");
});

test("who is alone has one view", () => {
  expect(dashboard(home([SAM], ENTITIES), { type: TYPE }).views.map(({ title }) => title)).toEqual(["Sam"]);
});

test("a dashboard has the accounts that it is asked for, be they named by entity or device", () => {
  const { views } = dashboard(FAMILY, { type: TYPE, accounts: ["sensor.sam", "alex"] });
  expect(views.map(({ title }) => title)).toEqual(["Everyone", "Sam", "Alex"]);
});

test("an account is found by anything of it, and of its destinations", () => {
  for (const id of ["sensor.resting", "alex", "cardiogram", "sensor.pending"])
    expect(accountBy(FAMILY, id)?.name).toBe("Alex");
  for (const id of ["sensor.gone", "gone", ""]) expect(accountBy(FAMILY, id)).toBeUndefined();
});

test("what is disabled, or not ours, is no account", () => {
  const disabled = { ...ALEX, disabled_by: "config_entry" };
  const other = { id: "other", name: "Other", identifiers: [["other", "x"]] } as Partial<DeviceEntry>;
  expect(accounts(home([disabled, SAM, other], ENTITIES)).map(({ name }) => name)).toEqual(["Sam"]);
});

test("a person's own name of an account goes before that of the device", () => {
  expect(accounts(home([{ ...SAM, name_by_user: "Samuel" }], ENTITIES))[0]?.name).toBe("Samuel");
});

test("a view leads with the person, then the chart, the weeks and the forwarding", () => {
  const view = viewBy(FAMILY, asks("sensor.pulse"));
  expect(cards(view).map(({ type, entity }) => [type, entity])).toEqual(
    ["hero", "chart", "weeks", "forwarding"].map((card) => [
      `custom:fitbit-cardiogram-${card}`,
      "sensor.pulse",
    ]),
  );
  expect([view.max_columns, view.sections?.map(({ column_span }) => column_span)]).toEqual([2, [2]]);
});

test("an account whose heart rate is hidden has no chart, and is known by its device", () => {
  const hass = home([ALEX], ["sensor.pulse heart_rate alex hidden", "sensor.light zone_light alex"]);
  expect(cards(viewBy(hass, asks("alex"))).map(({ entity }) => entity)).toEqual(["alex", "alex", "alex"]);
  expect(dashboard(hass, { type: TYPE }).views[0]?.strategy?.entity).toBe("alex");
});

test("people are side by side, each with the way to their own view", () => {
  const { max_columns, sections } = viewBy(FAMILY, { type: TYPE, accounts: ["sensor.pulse", "sensor.sam"] });
  expect(max_columns).toBe(2);
  expect(
    sections?.map((section) => section.cards.map(({ title, navigation_path }) => [title, navigation_path])),
  ).toEqual([
    [
      ["Alex", "01alex"],
      ["Heart rate", undefined],
    ],
    [
      ["Sam", "01sam"],
      ["Heart rate", undefined],
    ],
  ]);
});

test("where there is no account, the view says how to add one", async () => {
  const [empty] = dashboard(home([], []), { type: TYPE }).views;
  expect(JSON.stringify(empty)).toContain("(/config/integrations/dashboard/add?domain=fitbit_cardiogram)");
  expect({ title: "Heart rate", ...viewBy(home([], []), asks()) }).toEqual(empty);
});

test("only who can add an account is told to", () => {
  const [empty] = dashboard({ ...home([], []), user: { is_admin: false } }, { type: TYPE }).views;
  expect(JSON.stringify(empty)).not.toContain("/config/");
});

test("an account that is gone is named", async () => {
  expect(JSON.stringify(viewBy(FAMILY, asks("sensor.gone")))).toContain("sensor.gone");
});

test("texts are in the person's language", () => {
  const hass = { ...FAMILY, locale: { ...FAMILY.locale, language: "de" } };
  expect(dashboard(hass, { type: TYPE }).views[0]?.title).toBe("Alle");
});
