/** Where accounts and their destinations are found in Home Assistant's registries. */

import type { DeviceEntry, Hass } from "./hass";

export const DOMAIN = "fitbit_cardiogram";

export interface Account {
  entryId: string;
  deviceId: string;
  name: string;
}

/** Where an account's beats are forwarded to. */
export interface Destination {
  deviceId: string;
  name: string;
}

/** Entities by what they stand for; a person's own zones are several of one kind. */
export type Entities = Partial<Record<string, string[]>>;

/** Return whether an entity is the heart rate of an account. */
export function isHeartRate(hass: Hass, entityId: string): boolean {
  const entity = hass.entities[entityId];
  return entity?.platform === DOMAIN && entity.translation_key === "heart_rate";
}

/** Return the heart rates of all accounts. */
export function heartRates(hass: Hass): string[] {
  return Object.keys(hass.entities).filter((id) => isHeartRate(hass, id));
}

/** Return the account whose heart rate an entity is. */
export function accountOf(hass: Hass, entityId: string): Account | undefined {
  const deviceId = isHeartRate(hass, entityId) ? hass.entities[entityId]?.device_id : undefined;
  const device = deviceId ? hass.devices[deviceId] : undefined;
  return device && accountAt(device);
}

/** Return whether there is nothing to be drawn: no heart rate yet, or none that the person may see. */
export function isBare(hass: Hass, heartRate: string): boolean {
  if (!isHeartRate(hass, heartRate)) return false;
  const shown = hass.states[heartRate];
  // An old one is unknown too, but not when it was measured.
  return !shown || (shown.state === "unknown" && !shown.attributes["measured_at"]);
}

/** Return the accounts that the person may read, or all where there is none: each says then why. */
export function readable(hass: Hass): Account[] {
  const all = accounts(hass);
  const own = all.filter((account) => entitiesOf(hass, account)["heart_rate"]?.some((id) => hass.states[id]));
  return own.length && !hass.user?.is_admin ? own : all;
}

/** Return all accounts of which something is shown, by name. */
export function accounts(hass: Hass): Account[] {
  const shown = new Set(ours(hass).map(({ device_id }) => device_id));
  return Object.values(hass.devices)
    .filter((device) => shown.has(device.id) && !device.via_device_id && !device.disabled_by)
    .flatMap((device) => accountAt(device) ?? [])
    .sort(byName(hass));
}

/** Return the account that an entity or a device (given by its id) is of, be it one of a destination. */
export function accountBy(hass: Hass, id: string): Account | undefined {
  const device = hass.devices[hass.entities[id]?.device_id ?? id];
  const found = device?.via_device_id ?? device?.id;
  return accounts(hass).find(({ deviceId }) => deviceId === found);
}

/** Return an account's destinations, by name. */
export function destinations(hass: Hass, { deviceId }: Account): Destination[] {
  return Object.values(hass.devices)
    .filter((device) => device.via_device_id === deviceId && idOf(device) && !device.disabled_by)
    .map((device) => ({ deviceId: device.id, name: nameOf(device) }))
    .sort(byName(hass));
}

/** Return a device's entities by key, without those that are hidden. */
export function entitiesOf(hass: Hass, { deviceId }: { deviceId: string }): Entities {
  const entities: Entities = {};
  for (const entity of ours(hass))
    if (entity.device_id === deviceId && entity.translation_key && !entity.hidden)
      (entities[entity.translation_key] ??= []).push(entity.entity_id);
  return entities;
}

function ours(hass: Hass) {
  return Object.values(hass.entities).filter(({ platform }) => platform === DOMAIN);
}

function accountAt(device: DeviceEntry): Account | undefined {
  const entryId = idOf(device) ?? device.config_entry_id;
  return entryId ? { entryId, deviceId: device.id, name: nameOf(device) } : undefined;
}

function idOf(device: DeviceEntry): string | undefined {
  return device.identifiers.find(([domain]) => domain === DOMAIN)?.[1];
}

function nameOf(device: DeviceEntry): string {
  return device.name_by_user ?? device.name ?? "";
}

function byName(hass: Hass) {
  return (one: { name: string }, other: { name: string }) =>
    one.name.localeCompare(other.name, hass.locale.language);
}
