/** How the last weeks look. */

import { css } from "lit";

export const weekStyles = css`
  :host {
    container-type: inline-size;
  }
  .panels {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--ha-view-sections-row-gap, 8px);
  }
  section {
    padding: 14px 20px 16px;
  }
  header {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    justify-content: space-between;
    gap: 0 12px;
    margin-bottom: 10px;
  }
  .trend {
    position: relative;
    padding-inline-start: 32px;
    touch-action: pan-y;
  }
  .trend .plot {
    position: relative;
    height: 112px;
    margin-top: 8px;
  }
  .trend svg {
    display: block;
    width: 100%;
    height: 100%;
    overflow: visible;
    fill: none;
  }
  .trend path {
    vector-effect: non-scaling-stroke;
  }
  .trend .line {
    stroke: var(--zone-grid);
    stroke-width: 1;
  }
  .trend .band {
    fill: color-mix(in srgb, var(--colour) 14%, transparent);
  }
  .trend .dots {
    stroke: color-mix(in srgb, var(--colour) 62%, var(--zone-ground));
    stroke-width: 5;
    stroke-linecap: round;
  }
  .trend .mean {
    stroke: var(--colour);
    stroke-width: 2;
    stroke-linejoin: round;
  }
  .trend .cursor {
    stroke: var(--secondary-text-color);
    stroke-width: 1;
  }
  .tick {
    position: absolute;
    inset-inline-start: -32px;
    translate: 0 -50%;
  }
  .tick,
  .dates,
  .weekdays,
  .months,
  .key {
    color: var(--secondary-text-color);
    font-size: 12px;
    line-height: 16px;
  }
  .dates {
    display: flex;
    justify-content: space-between;
    padding-top: 6px;
  }
  .year {
    display: grid;
    grid-template-columns: 20px minmax(0, 1fr);
    gap: 4px;
  }
  .cells {
    display: grid;
    grid-auto-flow: column;
    grid-template-rows: repeat(7, auto);
    grid-template-columns: repeat(var(--weeks), minmax(0, 1fr));
    gap: 3px;
  }
  .cells i,
  .key i {
    aspect-ratio: 1;
    border-radius: 22%;
  }
  i.none {
    background: color-mix(in srgb, var(--primary-text-color) 4%, transparent);
  }
  i.single {
    background: color-mix(in srgb, var(--primary-text-color) 8%, var(--zone-ground));
  }
  i.below-far {
    background: var(--zone-below);
  }
  i.below {
    background: color-mix(in srgb, var(--zone-below) 50%, var(--zone-ground));
  }
  i.usual {
    background: color-mix(in srgb, var(--primary-text-color) 13%, var(--zone-ground));
  }
  i.above {
    background: color-mix(in srgb, var(--zone-vigorous) 50%, var(--zone-ground));
  }
  i.above-far {
    background: var(--zone-vigorous);
  }
  .cells .picked {
    outline: 2px solid var(--primary-text-color);
  }
  .weekdays {
    display: grid;
    grid-template-rows: repeat(7, 1fr);
    align-items: center;
    gap: 3px;
    line-height: 1;
  }
  .months {
    position: relative;
    grid-column: 2;
    height: 16px;
  }
  .months span {
    position: absolute;
    inset-inline-start: calc(100% * var(--week) / var(--weeks));
    white-space: nowrap;
  }
  .key {
    display: flex;
    align-items: center;
    justify-content: flex-end;
    gap: 4px;
  }
  .key i {
    width: 12px;
  }
  .key span {
    margin-inline: 4px;
  }
  .workouts {
    display: grid;
  }
  .workouts li {
    display: grid;
    grid-template-columns: auto 1fr auto;
    gap: 14px;
    align-items: center;
    padding: 8px 0;
  }
  .workouts li + li {
    border-top: 1px solid var(--divider-color);
  }
  .workouts ha-icon {
    display: grid;
    place-items: center;
    width: 36px;
    height: 36px;
    border-radius: 50%;
    --mdc-icon-size: 20px;
    color: var(--colour);
    background: color-mix(in srgb, var(--colour) 14%, transparent);
  }
  .workouts b,
  .workouts span {
    display: block;
    font-weight: 500;
    line-height: 20px;
  }
  .workouts small {
    display: block;
  }
  .figures {
    text-align: end;
  }
  @container (min-width: 760px) {
    .panels {
      grid-template-columns: repeat(2, minmax(0, 1fr));
    }
    .wide {
      grid-column: 1 / -1;
    }
    .workouts {
      grid-template-columns: 1fr 1fr;
      column-gap: 48px;
    }
    .workouts li:nth-child(2) {
      border-top: none;
    }
  }
  @container (max-width: 620px) {
    section {
      padding-inline: 16px;
    }
    .cells {
      gap: 2px 1px;
    }
    .cells i {
      aspect-ratio: 1 / 2;
    }
    .months span:nth-child(even) {
      display: none;
    }
  }
`;
