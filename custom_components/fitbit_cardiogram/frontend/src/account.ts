/** Where an account is found in Home Assistant's registries. */

import type { Hass } from "./hass";

export const DOMAIN = "fitbit_cardiogram";

export interface Account {
  entryId: string;
  deviceId: string;
  name: string;
}

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
  const entryId =
    device?.identifiers.find(([domain]) => domain === DOMAIN)?.[1] ??
    device?.primary_config_entry ??
    undefined;
  if (!device || !entryId) return undefined;
  return { entryId, deviceId: device.id, name: device.name_by_user ?? device.name ?? "" };
}
