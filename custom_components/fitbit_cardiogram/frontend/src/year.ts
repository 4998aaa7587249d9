/** A year of days at a glance: each coloured by how far the resting heart rate was from the usual. */

import { html } from "lit";
import { stepped } from "./day-picker";
import type { Formats } from "./formats";
import type { Column } from "./overview";
import { DAY, counted, levelOf } from "./series";
import { text } from "./texts";
import { besideUsual } from "./usual";

export const WEEKS = 53;
/** Days beside the usual that are worth a picture. */
const LEAST_DAYS = 28;
const WEEK = 7;
/** From far below the usual to far above it. */
const LOOKS = ["below-far", "below", "usual", "above", "above-far"];
/** Rows of a week that are named. */
const NAMED = [0, 2, 4];

/** Return whether there is enough for a picture. */
export function hasYear(column: Column | undefined): column is Column {
  if (!column) return false;
  const { lower, usual, higher } = counted(column);
  return lower + usual + higher >= LEAST_DAYS;
}

/** Return what is said of a day. */
function sayDay(column: Column, index: number, first: number, formats: Formats): string {
  const { language } = formats;
  const value = column.values[index] ?? null;
  const usual = column.usual?.[index];
  const day = formats.day(first + index * DAY);
  if (value === null) return `${day}: –`;
  const said = `${day}: ${formats.number(value)} ${text(language, "bpm")}`;
  if (!usual) return said;
  const level = levelOf(value, usual);
  const place = level < 0 ? "lower" : level > 0 ? "higher" : "usual";
  return `${said}, ${besideUsual(place, value - usual[1], formats)}`;
}

function lookOf(column: Column, index: number): string {
  const value = column.values[index] ?? null;
  const usual = column.usual?.[index];
  if (value === null) return "none";
  if (!usual) return "single";
  return LOOKS[levelOf(value, usual) + 2] ?? "usual";
}

/** Render the year; the column begins with the first day of a week. */
export function year(
  column: Column,
  first: number,
  formats: Formats,
  picked: number | undefined,
  pick: (index: number | undefined) => void,
) {
  const { language } = formats;
  const count = column.values.length;
  const { lower, usual, higher } = counted(column);
  const summary = text(language, "year_summary", {
    usual: formats.number(usual),
    lower: formats.number(lower),
    higher: formats.number(higher),
  });
  const weeks = Math.ceil(count / WEEK);
  const now = picked ?? count - 1;
  return html`
    <header>
      <h2>${text(language, "year")}</h2>
      <small>${picked === undefined ? summary : sayDay(column, picked, first, formats)}</small>
    </header>
    <div class="year" style="--weeks:${weeks}">
      <div class="weekdays" aria-hidden="true">
        ${NAMED.map((row) => html`<span style="grid-row:${row + 1}">${formats.weekday(first + row * DAY)}</span>`)}
      </div>
      <div
        class="cells"
        tabindex="0"
        role="slider"
        aria-label="${text(language, "year")}. ${summary}"
        aria-readonly="true"
        aria-valuemin="1"
        aria-valuemax=${count}
        aria-valuenow=${now + 1}
        aria-valuetext=${sayDay(column, now, first, formats)}
        @pointermove=${(event: PointerEvent) => {
          const index = (event.target as HTMLElement).dataset["day"];
          if (index !== undefined) pick(Number(index));
        }}
        @pointerleave=${() => pick(undefined)}
        @blur=${() => pick(undefined)}
        @keydown=${(event: KeyboardEvent) => {
          const index = stepped(event.key, picked, count, WEEK);
          if (index === undefined) return;
          event.preventDefault();
          pick(index);
        }}
      >
        ${column.values.map(
          (_, index) =>
            html`<i
              class="${lookOf(column, index)} ${index === picked ? "picked" : ""}"
              data-day=${index}
            ></i>`,
        )}
      </div>
      <div class="months" aria-hidden="true">
        ${monthsOf(first, weeks, formats).map(
          ({ name, week }) => html`<span style="--week:${week}">${name}</span>`,
        )}
      </div>
    </div>
    <div class="key" aria-hidden="true">
      <span>${text(language, "lower")}</span>
      ${LOOKS.map((look) => html`<i class=${look}></i>`)}
      <span>${text(language, "higher")}</span>
    </div>
  `;
}

/** Return the months that begin in a week, where their names have room. */
function monthsOf(first: number, weeks: number, formats: Formats): { name: string; week: number }[] {
  const names = Array.from({ length: weeks }, (_, week) => formats.month(first + (week * WEEK + 6) * DAY));
  return names
    .map((name, week) => ({ name, week, isNew: name !== names[week - 1] && week < weeks - 1 }))
    .filter(({ isNew, week }) => isNew && (week > 0 || names[0] === names[2]))
    .map(({ name, week }) => ({ name, week }));
}
