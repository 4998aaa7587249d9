import { expect, test } from "vitest";
import type {
  DeviceEntry,
  EntityEntry,
  Hass,
} from "../../custom_components/fitbit_cardiogram/frontend/src/hass";
import { accountBy, accounts } from "../../custom_components/fitbit_cardiogram/frontend/src/account";
import {
  type Card,
  type Section,
  type View,
  dashboard,
  viewBy,
} from "../../custom_components/fitbit_cardiogram/frontend/src/strategy";

const DOMAIN = "fitbit_cardiogram";
const TYPE = "custom:fitbit-cardiogram";

/** A Home Assistant with some devices and entities, `id key device`, and some statistics. */
function home(devices: Partial<DeviceEntry>[], entities: string[], statistics: string[] = []): Hass {
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
    callWS: async ({ statistic_ids }: { statistic_ids: string[] }) =>
      statistic_ids.filter((id) => statistics.includes(id)).map((statistic_id) => ({ statistic_id })),
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

function ofType(view: View, type: string): Card[] {
  return cards(view).filter((card) => card.type === type);
}

function headings(view: View): unknown[] {
  return ofType(view, "heading").map(({ heading }) => heading);
}

/** All entities that a view names. */
function named(view: View): Set<string> {
  return new Set(JSON.stringify(view).match(/\b(sensor|switch|binary_sensor)\.\w+/g));
}

function asks(entity?: string) {
  return { type: TYPE, ...(entity ? { entity } : {}) };
}

test("a dashboard has a view for each account, by name", () => {
  expect(dashboard(FAMILY, { type: TYPE })).toEqual({
    views: [
      { title: "Alex", path: "01alex", strategy: { type: TYPE, entity: "sensor.pulse" } },
      { title: "Sam", path: "01sam", strategy: { type: TYPE, entity: "sensor.sam" } },
    ],
  });
});

test("a dashboard has the accounts that it is asked for, be they named by entity or device", () => {
  const { views } = dashboard(FAMILY, { type: TYPE, accounts: ["sensor.sam", "alex"] });
  expect(views.map(({ title }) => title)).toEqual(["Sam", "Alex"]);
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

test("a view shows everything that there is of an account, and nothing of another", async () => {
  const view = await viewBy(FAMILY, asks("sensor.pulse"));
  expect(named(view)).toEqual(new Set(ENTITIES.slice(0, -1).map((line) => line.split(" ")[0])));
  expect(ofType(view, "custom:fitbit-cardiogram-chart")).toMatchObject([{ entity: "sensor.pulse" }]);
  expect(headings(view)).toEqual(["Today", "Minutes in zones", "Cardiogram"]);
});

test("an account without destination has no section for one", async () => {
  const view = await viewBy(FAMILY, asks("sensor.sam"));
  expect(headings(view)).toEqual(["Today"]);
  expect(view.badges).toEqual([]);
  expect(view.max_columns).toBe(1);
  expect(view.title).toBeUndefined();
});

test("each destination has a section of its own, by name", async () => {
  const second = { ...CARDIOGRAM, id: "second", name: "Another" };
  const hass = home([ALEX, CARDIOGRAM, second], [...ENTITIES, "sensor.waits pending_beats second"]);
  expect(headings(await viewBy(hass, asks("alex"))).slice(-2)).toEqual(["Another", "Cardiogram"]);
});

test("hidden entities are left out, and what is empty then goes as well", async () => {
  const hass = home([ALEX], ["sensor.pulse heart_rate alex hidden", "sensor.light zone_light alex"]);
  const view = await viewBy(hass, asks("alex"));
  expect(named(view)).toEqual(new Set(["sensor.light"]));
  expect(dashboard(hass, { type: TYPE }).views[0]?.strategy?.entity).toBe("alex");
});

test("alerts are shown where they are set", async () => {
  const hass = home([ALEX], ["sensor.pulse heart_rate alex", "binary_sensor.high heart_rate_high alex"]);
  const view = await viewBy(hass, asks("alex"));
  expect(ofType(view, "tile").map(({ entity }) => entity)).toEqual(["sensor.pulse", "binary_sensor.high"]);
  expect(view.badges).toMatchObject([
    { entity: "binary_sensor.high", visibility: [{ entity: "binary_sensor.high", state: "on" }] },
  ]);
});

test("what can be compared to the usual says how it does", async () => {
  const keys = ["resting_heart_rate", "sleeping_heart_rate", "last_night"];
  const hass = home(
    [ALEX],
    keys.map((key) => `sensor.${key} ${key} alex`),
  );
  expect(ofType(await viewBy(hass, asks("alex")), "tile")).toMatchObject(
    keys.map((key) => ({ entity: `sensor.${key}`, state_content: ["state", "compared_to_usual"] })),
  );
});

test("the zones are hidden as long as there are no minutes in any", async () => {
  const [zones] = ofType(await viewBy(FAMILY, asks("alex")), "distribution");
  expect(zones?.["visibility"]).toEqual([
    {
      condition: "or",
      conditions: ["sensor.light", "sensor.own"].map((entity) => ({
        condition: "numeric_state",
        entity,
        above: 0,
      })),
    },
  ]);
});

test("the statistics that exist are drawn, and no others", async () => {
  const known = ["heart_rate", "zone_moderate", "zone_peak"].map((key) => `${DOMAIN}:01alex_${key}`);
  const view = await viewBy(home([ALEX], ENTITIES, known), asks("alex"));
  const drawn = ofType(view, "statistics-graph").map(({ entities }) =>
    (entities as { entity: string }[]).map(({ entity }) => entity),
  );
  expect(drawn).toEqual([[known[0]], [known[1], known[2]]]);
});

test("without a recorder there are no statistics, and the rest stays", async () => {
  const hass = { ...FAMILY, callWS: () => Promise.reject({ code: "unknown_command", message: "" }) };
  expect(headings(await viewBy(hass, asks("alex")))).toEqual(["Today", "Minutes in zones", "Cardiogram"]);
});

test("each section has as many columns as there is room for", async () => {
  const known = [`${DOMAIN}:01alex_heart_rate`];
  const view = await viewBy(home([ALEX, CARDIOGRAM], ENTITIES, known), asks("alex"));
  const [chart, ...below] = view.sections as [Section, ...Section[]];
  expect([view.max_columns, chart.column_span, below.length]).toEqual([3, 3, 3]);
});

test("where there is no account, the view says how to add one", async () => {
  const [empty] = dashboard(home([], []), { type: TYPE }).views;
  expect(JSON.stringify(empty)).toContain("(/config/integrations/dashboard/add?domain=fitbit_cardiogram)");
  expect({ title: "Heart rate", ...(await viewBy(home([], []), asks())) }).toEqual(empty);
});

test("only who can add an account is told to", () => {
  const [empty] = dashboard({ ...home([], []), user: { is_admin: false } }, { type: TYPE }).views;
  expect(JSON.stringify(empty)).not.toContain("/config/");
});

test("an account that is gone is named", async () => {
  expect(JSON.stringify(await viewBy(FAMILY, asks("sensor.gone")))).toContain("sensor.gone");
});

test("texts are in the person's language", async () => {
  const hass = { ...FAMILY, locale: { ...FAMILY.locale, language: "de" } };
  expect(headings(await viewBy(hass, asks("alex")))).toEqual(["Heute", "Minuten in Zonen", "Cardiogram"]);
});
