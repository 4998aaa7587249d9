/** A dashboard for the accounts: a view for each, and one of everybody where there are several. */

import { type Account, DOMAIN, accountBy, entitiesOf, readable } from "./account";
import { CHART_TYPE } from "./chart-config";
import { FORWARDING_TYPE } from "./forwarding-card";
import type { Hass } from "./hass";
import { HERO_TYPE } from "./hero-card";
import { text } from "./texts";
import { WEEKS_TYPE } from "./weeks-card";

export const STRATEGY_TYPE = "fitbit-cardiogram";
export const DASHBOARD_ICON = "mdi:heart-pulse";

const TYPE = `custom:${STRATEGY_TYPE}`;
const ADD_ACCOUNT = `/config/integrations/dashboard/add?domain=${DOMAIN}`;
/** Of a view of one person: what is below one another on a phone is as wide as a page of text elsewhere. */
const COLUMNS = 2;
const SIDE_BY_SIDE = 3;

export interface DashboardStrategyConfig {
  type: string;
  /** Entities or devices of the accounts that have a view, in their order; without, all that the person may read. */
  accounts?: string[];
}

export interface ViewStrategyConfig {
  type: string;
  /** The heart rate of the account; any other entity of it, or its device, does as well. */
  entity?: string;
  /** The accounts that are shown side by side instead of one. */
  accounts?: string[];
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
  sections?: Section[];
  strategy?: ViewStrategyConfig;
}

/** Return the dashboard; each view is made when it is looked at. */
export function dashboard(hass: Hass, config: DashboardStrategyConfig): { views: View[] } {
  const wanted = config.accounts?.length ? config.accounts : readable(hass).map(({ deviceId }) => deviceId);
  const views = wanted.length ? wanted.map((id) => frame(hass, id)) : [frame(hass)];
  const known = views.flatMap(({ strategy }) => strategy?.entity ?? []);
  return { views: known.length > 1 ? [together(hass, known), ...views] : views };
}

function frame(hass: Hass, id?: string): View {
  const account = id ? accountBy(hass, id) : undefined;
  if (!account) return { title: text(hass.locale.language, "title"), ...nothing(hass, id) };
  const entity = heartRate(hass, account);
  return { title: account.name, path: pathOf(account), strategy: { type: TYPE, entity } };
}

function together(hass: Hass, entities: string[]): View {
  const title = text(hass.locale.language, "everyone");
  return { title, path: "everyone", strategy: { type: TYPE, accounts: entities } };
}

function pathOf({ entryId }: Account): string {
  return entryId.toLowerCase();
}

/** Return what an account is known by to the cards. */
function heartRate(hass: Hass, account: Account): string {
  return entitiesOf(hass, account)["heart_rate"]?.[0] ?? account.deviceId;
}

/** Return the accounts that a view shows: those that are named, by default the first. */
export function shownBy(hass: Hass, { entity, accounts: several }: ViewStrategyConfig): Account[] {
  const named = several ?? (entity ? [entity] : undefined);
  return named ? named.flatMap((id) => accountBy(hass, id) ?? []) : readable(hass).slice(0, 1);
}

/** Return the view that a configuration asks for; its title is the person's. */
export function viewBy(hass: Hass, config: ViewStrategyConfig): View {
  const found = shownBy(hass, config);
  if (config.accounts) return sideBySide(hass, found);
  return found[0] ? view(hass, found[0]) : nothing(hass, config.entity);
}

function view(hass: Hass, account: Account): View {
  const entity = heartRate(hass, account);
  return {
    type: "sections",
    max_columns: COLUMNS,
    sections: [
      {
        type: "grid",
        column_span: COLUMNS,
        cards: [
          full(HERO_TYPE, entity),
          ...chart(hass, account),
          full(WEEKS_TYPE, entity),
          full(FORWARDING_TYPE, entity),
        ],
      },
    ],
  };
}

function sideBySide(hass: Hass, found: Account[]): View {
  const sections = found.map((account): Section => {
    const options = { title: account.name, navigation_path: pathOf(account) };
    const cards = [full(HERO_TYPE, heartRate(hass, account), options), ...chart(hass, account)];
    return { type: "grid", cards };
  });
  return {
    type: "sections",
    max_columns: found.length === 4 ? 2 : Math.min(found.length, SIDE_BY_SIDE),
    sections,
  };
}

function chart(hass: Hass, account: Account): Card[] {
  return (entitiesOf(hass, account)["heart_rate"] ?? []).map((entity) =>
    full(CHART_TYPE, entity, { title: text(hass.locale.language, "title"), newest: false }),
  );
}

function full(type: string, entity: string, options: object = {}): Card {
  return { type: `custom:${type}`, entity, ...options, grid_options: { columns: "full" } };
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
