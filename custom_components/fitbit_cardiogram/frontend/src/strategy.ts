/** A dashboard for the accounts: a view for each, made of what Home Assistant knows of it at the time. */

import {
  type Account,
  type Destination,
  DOMAIN,
  type Entities,
  accountBy,
  accounts,
  destinations,
  entitiesOf,
} from "./account";
import { CHART_TYPE } from "./chart-config";
import type { Hass } from "./hass";
import { PALETTES } from "./palette";
import { type TextKey, text } from "./texts";

export const STRATEGY_TYPE = "fitbit-cardiogram";
export const DASHBOARD_ICON = "mdi:heart-pulse";

const COLOURS = PALETTES.light;
const TYPE = `custom:${STRATEGY_TYPE}`;
const ADD_ACCOUNT = `/config/integrations/dashboard/add?domain=${DOMAIN}`;
const COLUMNS = 3;

const ZONES = ["light", "moderate", "vigorous", "peak"] as const;
/** The zones to compare days by: next to a day's light minutes no others could be seen. */
const EFFORT = ["moderate", "vigorous", "peak"] as const;

export interface DashboardStrategyConfig {
  type: string;
  /** Entities or devices of the accounts that have a view, in their order; without, all have. */
  accounts?: string[];
}

export interface ViewStrategyConfig {
  type: string;
  /** The heart rate of the account; any other entity of it, or its device, does as well. */
  entity?: string;
}

export interface Card {
  type: string;
  [option: string]: unknown;
}

export interface Section {
  type: "grid";
  column_span?: number;
  cards: Card[];
}

export interface View {
  title?: string;
  path?: string;
  type?: "sections";
  max_columns?: number;
  badges?: Card[];
  sections?: Section[];
  strategy?: ViewStrategyConfig;
}

type Say = (key: TextKey) => string;

/** Return the dashboard; each view is made when it is looked at. */
export function dashboard(hass: Hass, config: DashboardStrategyConfig): { views: View[] } {
  const wanted = config.accounts?.length ? config.accounts : accounts(hass).map(({ deviceId }) => deviceId);
  return { views: wanted.length ? wanted.map((id) => frame(hass, id)) : [frame(hass)] };
}

function frame(hass: Hass, id?: string): View {
  const account = id ? accountBy(hass, id) : undefined;
  if (!account) return { title: text(hass.locale.language, "title"), ...nothing(hass, id) };
  const entity = entitiesOf(hass, account)["heart_rate"]?.[0] ?? account.deviceId;
  return { title: account.name, path: account.entryId.toLowerCase(), strategy: { type: TYPE, entity } };
}

/** Return the view that a configuration asks for, by default the first account's; its title is the person's. */
export async function viewBy(hass: Hass, { entity }: ViewStrategyConfig): Promise<View> {
  const account = entity ? accountBy(hass, entity) : accounts(hass)[0];
  return account ? view(hass, account, await knownStatistics(hass, account)) : nothing(hass, entity);
}

/** Return the view of an account, with the statistics that there are. */
export function view(hass: Hass, account: Account, known: ReadonlySet<string>): View {
  const say: Say = (key) => text(hass.locale.language, key);
  const entities = entitiesOf(hass, account);
  const forwarding = destinations(hass, account);
  const below = [
    today(entities, say),
    lately(account, known, say),
    ...forwarding.map((destination) => forwards(hass, destination)),
  ].filter(({ cards }) => cards.length > 1);
  const columns = Math.min(Math.max(below.length, 1), COLUMNS);
  return {
    type: "sections",
    max_columns: columns,
    badges: badges(hass, entities, forwarding),
    sections: [...chart(entities, columns), ...below],
  };
}

function nothing(hass: Hass, id?: string): View {
  const { language } = hass.locale;
  const key = id ? "no_account" : hass.user?.is_admin ? "add_account" : "no_account_yet";
  const content = text(language, key, { entity: id ?? "", link: ADD_ACCOUNT });
  return {
    type: "sections",
    max_columns: 1,
    sections: [{ type: "grid", cards: [{ type: "markdown", content }] }],
  };
}

function chart(entities: Entities, columns: number): Section[] {
  return (entities["heart_rate"] ?? []).map((entity) => ({
    type: "grid",
    column_span: columns,
    cards: [{ type: `custom:${CHART_TYPE}`, entity, grid_options: { columns: "full" } }],
  }));
}

/** Return how old everything is, and what is wrong while it is. */
function badges(hass: Hass, entities: Entities, forwarding: Destination[]): Card[] {
  const badge = (entity: string): Card => ({ type: "entity", entity, name: ENTITY_NAME, show_name: true });
  const problems = forwarding.flatMap((destination) =>
    some(entitiesOf(hass, destination), "forwarding_problem"),
  );
  return [
    ...some(entities, "heart_rate_measured_at", "last_device_sync").map(badge),
    ...some(entities, "heart_rate_high", "heart_rate_low").map((entity) => whileOn(badge(entity), entity)),
    ...problems.map((entity) => whileOn({ ...badge(entity), name: DEVICE_AND_ENTITY_NAME }, entity)),
  ];
}

function today(entities: Entities, say: Say): Section {
  const zones = ZONES.flatMap((zone) =>
    some(entities, `zone_${zone}`).map((entity) => [entity, COLOURS[zone]]),
  );
  const own = (entities["zone_custom"] ?? []).map((entity) => [entity, COLOURS.custom]);
  const figures = some(entities, "heart_rate_min", "heart_rate_mean", "heart_rate_max");
  const compared = some(entities, "resting_heart_rate", "sleeping_heart_rate", "last_night");
  const alerts = some(entities, "heart_rate_high", "heart_rate_low");
  return section(say("today"), [
    ...some(entities, "heart_rate").map((entity) =>
      tile(entity, { color: "red", features: [{ type: "trend-graph" }], grid_options: { columns: 12 } }),
    ),
    ...alerts.map((entity) => tile(entity, { color: "red", grid_options: { columns: 12 / alerts.length } })),
    ...compared.map((entity) => tile(entity, { state_content: COMPARED, grid_options: { columns: 12 } })),
    ...rows(figures),
    ...distribution([...zones, ...own], say),
  ]);
}

/** What a tile says: the value, and how it compares to what is usual, if that is known. */
const COMPARED = ["state", "compared_to_usual"];

/** Return the minutes in the zones, as long as there are any. */
function distribution(zones: string[][], say: Say): Card[] {
  if (!zones.length) return [];
  const conditions = zones.map(([entity]) => ({ condition: "numeric_state", entity, above: 0 }));
  const entities = zones.map(([entity, color]) => ({ entity, name: ENTITY_NAME, color }));
  const visibility = [{ condition: "or", conditions }];
  return [
    { ...heading(say("zones"), "subtitle"), visibility },
    { type: "distribution", entities, visibility },
  ];
}

/** What the statistics that are drawn end with. */
const STATISTICS = ["heart_rate", "resting_heart_rate", ...EFFORT.map((zone) => `zone_${zone}`)];

function statistic({ entryId }: Account, key: string): string {
  return `${DOMAIN}:${entryId.toLowerCase()}_${key}`;
}

async function knownStatistics(hass: Hass, account: Account): Promise<Set<string>> {
  const ids = STATISTICS.map((key) => statistic(account, key));
  const known = hass.callWS<{ statistic_id: string }[]>({
    type: "recorder/get_statistics_metadata",
    statistic_ids: ids,
  });
  // A Home Assistant without recorder knows no statistics, nor the question.
  return new Set((await known.catch(() => [])).map(({ statistic_id }) => statistic_id));
}

function lately(account: Account, known: ReadonlySet<string>, say: Say): Section {
  const row = (key: string, name: TextKey, color: string) => {
    const entity = statistic(account, key);
    return known.has(entity) ? [{ entity, name: say(name), color }] : [];
  };
  return section(say("lately"), [
    ...graph(say("by_the_hour"), row("heart_rate", "title", COLOURS.line), {
      period: "hour",
      days_to_show: 7,
      stat_types: ["mean", "min", "max"],
      hide_legend: true,
      grid_options: { rows: 3 },
    }),
    ...graph(
      say("zones_by_the_day"),
      EFFORT.flatMap((zone) => row(`zone_${zone}`, zone, COLOURS[zone])),
      {
        period: "day",
        days_to_show: 14,
        stat_types: ["mean"],
        chart_type: "bar-stack",
        grid_options: { rows: 4 },
      },
    ),
    ...graph(say("resting_by_the_day"), row("resting_heart_rate", "resting", COLOURS.resting), {
      period: "day",
      days_to_show: 30,
      stat_types: ["mean"],
      hide_legend: true,
      grid_options: { rows: 3 },
    }),
  ]);
}

function graph(title: string, entities: object[], options: object): Card[] {
  if (!entities.length) return [];
  return [heading(title, "subtitle"), { type: "statistics-graph", entities, ...options }];
}

/** What of a destination is for the hand, and how it is shown. */
const CONTROLS: Record<string, object> = {
  automatic_forwarding: { features: [{ type: "toggle" }], grid_options: { columns: 12 } },
  forward_now: {
    hide_state: true,
    features: [{ type: "button" }],
    features_position: "inline",
    grid_options: { columns: 12 },
  },
  pending_beats: {},
  delivered_beats: {},
};

function forwards(hass: Hass, destination: Destination): Section {
  const entities = entitiesOf(hass, destination);
  const controls = Object.entries(CONTROLS).flatMap(([key, options]) =>
    some(entities, key).map((entity) => tile(entity, options)),
  );
  const standing = rows(
    some(entities, "last_delivery", "oldest_pending", "quarantined_beats", "forwarding_problem"),
  );
  return section(destination.name, [...controls, ...standing], "mdi:tray-arrow-up");
}

// Names are Home Assistant's; what they are of is said by the headings.
const ENTITY_NAME = { type: "entity" };
const DEVICE_AND_ENTITY_NAME = [{ type: "device" }, { type: "entity" }];

function section(title: string, cards: Card[], icon?: string): Section {
  return { type: "grid", cards: [{ ...heading(title), ...(icon ? { icon } : {}) }, ...cards] };
}

function heading(title: string, style?: "subtitle"): Card {
  return { type: "heading", heading: title, ...(style ? { heading_style: style } : {}) };
}

function tile(entity: string, options: object = {}): Card {
  return { type: "tile", entity, name: ENTITY_NAME, ...options };
}

/** Return a card that has room for long names. */
function rows(entities: string[]): Card[] {
  if (!entities.length) return [];
  return [{ type: "entities", entities: entities.map((entity) => ({ entity, name: ENTITY_NAME })) }];
}

function whileOn(card: Card, entity: string): Card {
  return { ...card, visibility: [{ condition: "state", entity, state: "on" }] };
}

/** Return the entities of some keys, as far as they exist. */
function some(entities: Entities, ...keys: string[]): string[] {
  return keys.flatMap((key) => entities[key] ?? []);
}
