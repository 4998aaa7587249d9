/** Numbers and times as the person has chosen to read them. */

import type { Hass, Locale } from "./hass";
import { ZoneTime } from "./zone-time";

const NUMBER_LANGUAGES: Partial<Record<Locale["number_format"], string[]>> = {
  comma_decimal: ["en-US", "en"],
  decimal_comma: ["de", "es", "it"],
  space_comma: ["fr", "sv", "cs"],
  quote_decimal: ["de-CH"],
};

const WEEKDAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

export class Formats {
  readonly language: string;
  readonly zone: ZoneTime;
  /** 0 is Sunday. */
  readonly firstWeekday: number;
  private readonly clock: Intl.DateTimeFormatOptions;
  private readonly made = new Map<string, Intl.DateTimeFormat>();
  private readonly whole: Intl.NumberFormat;
  private readonly signed: Intl.NumberFormat;
  private readonly share: Intl.NumberFormat;
  private readonly relative: Intl.RelativeTimeFormat;
  private readonly durations = new Map<string, Intl.NumberFormat>();

  constructor(locale: Locale, serverZone: string) {
    this.language = locale.language;
    this.zone = new ZoneTime(
      locale.time_zone === "server" ? serverZone : Intl.DateTimeFormat().resolvedOptions().timeZone,
    );
    this.firstWeekday = firstWeekday(locale);
    this.clock = isHalfDay(locale)
      ? { hour: "numeric", hourCycle: "h12" }
      : { hour: "2-digit", hourCycle: "h23" };
    const numbers =
      locale.number_format === "system"
        ? undefined
        : (NUMBER_LANGUAGES[locale.number_format] ?? locale.language);
    const options = { maximumFractionDigits: 0, useGrouping: locale.number_format !== "none" } as const;
    this.relative = new Intl.RelativeTimeFormat(this.language, { numeric: "auto", style: "short" });
    this.whole = new Intl.NumberFormat(numbers, options);
    this.signed = new Intl.NumberFormat(numbers, { ...options, signDisplay: "exceptZero" });
    this.share = new Intl.NumberFormat(numbers, { ...options, style: "percent" });
  }

  number(value: number): string {
    return this.whole.format(value);
  }

  /** Say by how much a value changed, with its sign. */
  change(value: number): string {
    return this.signed.format(value).replace("-", "−");
  }

  percent(value: number): string {
    return this.share.format(value / 100).replace("-", "−");
  }

  /** Say a duration in hours and minutes: 7 hr 52 min. */
  hours(seconds: number): string {
    const minutes = Math.round(seconds / 60);
    const parts: string[] = [];
    if (minutes >= 60) parts.push(this.duration("hour", 0).format(Math.floor(minutes / 60)));
    if (minutes % 60 || !parts.length) parts.push(this.duration("minute", 0).format(minutes % 60));
    return parts.join(" ");
  }

  /** Say how long ago a moment was: 2 min. ago. */
  ago(time: number, now = Date.now() / 1000): string {
    const minutes = Math.max(Math.floor((now - time) / 60), 0);
    if (!minutes) return this.relative.format(0, "second");
    if (minutes < 120) return this.relative.format(-minutes, "minute");
    const hours = Math.floor(minutes / 60);
    return hours < 48
      ? this.relative.format(-hours, "hour")
      : this.relative.format(-Math.floor(hours / 24), "day");
  }

  /** Return noon of a civil day, given as 2026-11-29. */
  noon(day: string): number {
    return this.zone.moment(Date.parse(`${day}T12:00:00Z`) / 1000);
  }

  /** Return a moment's civil day, as 2026-11-29. */
  civilDay(time: number): string {
    return new Date(this.zone.local(time) * 1000).toISOString().slice(0, 10);
  }

  /** Say which day a moment is of: today, yesterday, a weekday of the last week, or a date. */
  nearDay(time: number, now = Date.now() / 1000): string {
    const days = Math.round((this.zone.midnight(now) - this.zone.midnight(time)) / 86400);
    if (days === 0 || days === 1) return this.relative.format(-days, "day");
    return days > 1 && days < 7 ? this.format({ weekday: "long" }, time) : this.day(time);
  }

  /** Say when a moment was: its time if that was today, else its day and time. */
  moment(time: number, now = Date.now() / 1000): string {
    return this.zone.midnight(time) === this.zone.midnight(now)
      ? this.time(time)
      : `${this.nearDay(time, now)}, ${this.time(time)}`;
  }

  /** Say the weekday in a letter or two. */
  weekday(time: number): string {
    return this.format({ weekday: "narrow" }, time);
  }

  /** Say a day with its year where that is another. */
  fullDate(time: number): string {
    const isThisYear = this.year(time) === this.year(Date.now() / 1000);
    return isThisYear
      ? this.format({ day: "numeric", month: "long" }, time)
      : this.format({ day: "numeric", month: "long", year: "numeric" }, time);
  }

  /** Say a duration in seconds, or minutes or hours where those are many. */
  seconds(seconds: number): string {
    return seconds < 60 ? this.duration("second", 0).format(seconds) : this.minutes(seconds / 60);
  }

  /** Say a duration in minutes, or hours where those are many. */
  minutes(minutes: number): string {
    if (minutes < 120) return this.duration("minute", 0).format(minutes);
    return this.duration("hour", minutes < 6000 ? 1 : 0).format(minutes / 60);
  }

  time(time: number): string {
    return this.format({ ...this.clock, minute: "2-digit" }, time);
  }

  second(time: number): string {
    return this.format({ ...this.clock, minute: "2-digit", second: "2-digit" }, time);
  }

  day(time: number): string {
    return this.format({ weekday: "short", day: "numeric", month: "short" }, time);
  }

  /** Say a day without its weekday: 21 Nov. */
  date(time: number): string {
    return this.format({ day: "numeric", month: "short" }, time);
  }

  month(time: number): string {
    return this.format({ month: "short" }, time);
  }

  year(time: number): string {
    return this.format({ year: "numeric" }, time);
  }

  dayAndTime(time: number): string {
    return this.format(
      { ...this.clock, minute: "2-digit", weekday: "short", day: "numeric", month: "short" },
      time,
    );
  }

  /** Say from when to when; what both ends share is said once. */
  period(start: number, end: number, hasWeekday = true): string {
    const span = end - start;
    const now = Date.now() / 1000;
    const year = this.year(start) === this.year(now) && this.year(end) === this.year(now) ? {} : YEAR;
    const days = { day: "numeric", month: "short", ...year } as const;
    const weekday = hasWeekday ? { weekday: "short" as const } : {};
    const options =
      span > 4 * 86400 ? days : { ...weekday, ...days, ...this.clock, minute: "2-digit" as const };
    return this.formatter(options).formatRange(start * 1000, end * 1000);
  }

  /** Say which days, first and last moment given. */
  days(first: number, last: number): string {
    return this.formatter({ weekday: "short", day: "numeric", month: "short" }).formatRange(
      first * 1000,
      last * 1000,
    );
  }

  private duration(unit: "second" | "minute" | "hour", digits: number): Intl.NumberFormat {
    const key = unit + digits;
    let format = this.durations.get(key);
    if (!format) {
      const style = { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: digits } as const;
      format = new Intl.NumberFormat(this.language, style);
      this.durations.set(key, format);
    }
    return format;
  }

  private format(options: Intl.DateTimeFormatOptions, time: number): string {
    return this.formatter(options).format(time * 1000);
  }

  private formatter(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
    const key = Object.entries(options).join();
    let format = this.made.get(key);
    if (!format) {
      format = new Intl.DateTimeFormat(this.language, { ...options, timeZone: this.zone.name });
      this.made.set(key, format);
    }
    return format;
  }
}

/** What of the week TypeScript does not know yet, in its two spellings. */
interface WeekLocale extends Intl.Locale {
  getWeekInfo?(): { firstDay: number };
  weekInfo?: { firstDay: number };
}

const YEAR = { year: "numeric" } as const;

/** Return the formats of a person, the same ones as long as the settings are the same. */
export function formatsOf(hass: Hass): Formats {
  if (hass.locale !== last?.locale || hass.config.time_zone !== last.zone) {
    last = {
      locale: hass.locale,
      zone: hass.config.time_zone,
      formats: new Formats(hass.locale, hass.config.time_zone),
    };
  }
  return last.formats;
}

let last: { locale: Locale; zone: string; formats: Formats } | undefined;

function isHalfDay(locale: Locale): boolean {
  if (locale.time_format === "12" || locale.time_format === "24") return locale.time_format === "12";
  const language = locale.time_format === "language" ? locale.language : undefined;
  return Boolean(new Intl.DateTimeFormat(language, { hour: "numeric" }).resolvedOptions().hour12);
}

function firstWeekday(locale: Locale): number {
  const named = WEEKDAYS.indexOf(locale.first_weekday);
  if (named >= 0) return named;
  const language: WeekLocale = new Intl.Locale(locale.language);
  return ((language.getWeekInfo?.() ?? language.weekInfo)?.firstDay ?? 1) % 7;
}
