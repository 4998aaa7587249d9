/** What of Home Assistant's frontend the cards use. */

export interface HassEntity {
  entity_id: string;
  state: string;
  attributes: Record<string, unknown>;
}

export interface EntityEntry {
  entity_id: string;
  name?: string | null;
  platform?: string;
  translation_key?: string;
  device_id?: string;
  hidden?: boolean;
}

export interface DeviceEntry {
  id: string;
  name: string | null;
  name_by_user?: string | null;
  identifiers: [string, string][];
  config_entry_id?: string | null;
  via_device_id?: string | null;
  disabled_by?: string | null;
}

export interface Locale {
  language: string;
  number_format:
    "language" | "system" | "comma_decimal" | "decimal_comma" | "quote_decimal" | "space_comma" | "none";
  time_format: "language" | "system" | "12" | "24";
  time_zone: "local" | "server";
  first_weekday: string;
}

export interface Connection {
  subscribeMessage<T>(
    callback: (message: T) => void,
    message: { type: string; [key: string]: unknown },
    options?: { resubscribe?: boolean },
  ): Promise<() => Promise<void>>;
  /** "ready" is each time that the connection has been made anew. */
  addEventListener(type: "ready", listener: () => void): void;
  removeEventListener(type: "ready", listener: () => void): void;
}

export interface Hass {
  states: Record<string, HassEntity>;
  entities: Record<string, EntityEntry>;
  devices: Record<string, DeviceEntry>;
  locale: Locale;
  language: string;
  config: { time_zone: string };
  themes: { darkMode: boolean; theme: string };
  selectedTheme?: unknown;
  user?: { is_admin: boolean };
  services?: Record<string, Record<string, unknown>>;
  localize?(key: string): string;
  connection: Connection;
  callWS<T>(message: { type: string; [key: string]: unknown }): Promise<T>;
  callApi<T>(method: "GET" | "POST" | "DELETE", path: string, body?: object): Promise<T>;
}

/** What a websocket command is refused with. */
export interface CommandError {
  code: string;
  message: string;
}

/** Return whether any of these parts of Home Assistant has changed. */
export function differs(before: Hass, now: Hass, parts: readonly (keyof Hass)[]): boolean {
  return parts.some((part) => before[part] !== now[part]);
}
