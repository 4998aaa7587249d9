/** How the chart card looks; it goes by its own width, from a phone's to a wall tablet's. */

import { css, unsafeCSS } from "lit";
import uPlotStyles from "uplot/dist/uPlot.min.css?inline";
import { colourStyles } from "./colours";
import { sessionStyles } from "./session-styles";
import { unseen } from "./unseen";

export const chartStyles = [
  unsafeCSS(uPlotStyles),
  colourStyles,
  unseen,
  css`
    :host {
      display: block;
      /* As all of our languages, and time in a chart. */
      direction: ltr;
      height: 100%;
    }
    :host([hidden]) {
      display: none;
    }
    ha-card {
      box-sizing: border-box;
      height: 100%;
      overflow: hidden;
      container-type: inline-size;
      /* What lies on the plot never lies on Home Assistant's header, under which the card scrolls. */
      isolation: isolate;
      color: var(--primary-text-color);
    }
    .card {
      box-sizing: border-box;
      display: flex;
      flex-direction: column;
      height: 100%;
      padding: 14px 16px 12px;
      gap: 8px;
    }
    .top {
      display: flex;
      flex-wrap: wrap;
      align-items: flex-start;
      justify-content: space-between;
      gap: 8px 16px;
    }
    header {
      display: flex;
      flex: 1 1 320px;
      min-width: 0;
      align-items: flex-start;
      gap: 12px;
    }
    .title {
      flex: 1;
      min-width: 0;
    }
    h2 {
      margin: 0;
      font-size: 16px;
      font-weight: 500;
      line-height: 24px;
      white-space: nowrap;
      overflow: hidden;
      text-overflow: ellipsis;
    }
    .sum {
      margin: 2px 0 0;
      overflow: hidden;
      color: var(--secondary-text-color);
      font-size: 13px;
      line-height: 18px;
      font-variant-numeric: tabular-nums;
    }
    /* Each part has a dot before it; that of the first in a line is cut off. */
    .sum .parts {
      display: flex;
      flex-wrap: wrap;
      margin-inline-start: -16px;
    }
    .sum .part::before {
      content: "·";
      display: inline-block;
      width: 16px;
      text-align: center;
    }
    .sum .swatch {
      width: 8px;
      height: 8px;
      margin-inline-end: 5px;
      border-radius: 50%;
    }
    .newest {
      display: grid;
      grid-template-columns: auto auto;
      column-gap: 6px;
      align-items: center;
      justify-items: end;
      text-align: right;
    }
    .newest b {
      font-size: 28px;
      font-weight: 500;
      line-height: 28px;
      letter-spacing: -0.02em;
      font-variant-numeric: tabular-nums;
    }
    .newest small {
      grid-column: 1 / -1;
    }
    .newest svg {
      width: 20px;
      height: 20px;
      fill: var(--zone-line);
      animation: beat 1.2s ease-in-out infinite;
    }
    @keyframes beat {
      0%,
      40%,
      100% {
        transform: scale(1);
      }
      15% {
        transform: scale(1.16);
      }
    }
    small,
    .period,
    .numbers {
      color: var(--secondary-text-color);
      font-size: 12px;
      line-height: 16px;
    }
    .numbers {
      display: flex;
      gap: 20px;
      margin: 0;
      padding-inline-end: 12px;
    }
    .numbers dd {
      margin: 0;
      color: var(--primary-text-color);
      font-size: 16px;
      line-height: 20px;
      font-variant-numeric: tabular-nums;
    }
    .numbers small {
      white-space: nowrap;
    }
    .chart {
      position: relative;
      flex: 1 1 240px;
      min-height: 110px;
      margin: 0 -4px;
      border-radius: 8px;
      outline: none;
    }
    .chart.fixed {
      flex: none;
    }
    .chart:focus-visible {
      box-shadow: 0 0 0 2px var(--primary-color);
    }
    .plot {
      position: absolute;
      inset: 0;
    }
    .plot .uplot {
      width: 100%;
      font-family: inherit;
    }
    .plot .u-over {
      cursor: crosshair;
      touch-action: pan-y;
      -webkit-user-select: none;
      user-select: none;
    }
    .dragging .u-over {
      cursor: grabbing;
    }
    .plot .u-hz .u-cursor-x {
      border-right: 1px solid var(--secondary-text-color);
      opacity: 0.5;
    }
    .dot {
      position: absolute;
      width: 9px;
      height: 9px;
      margin: -6.5px 0 0 -6.5px;
      border: 2px solid var(--zone-ground);
      border-radius: 50%;
      pointer-events: none;
      z-index: 101;
    }
    .tip {
      position: absolute;
      top: 0;
      left: 0;
      max-width: min(230px, 72%);
      padding: 8px 10px;
      border-radius: 10px;
      background: var(--zone-ground);
      color: var(--primary-text-color);
      box-shadow:
        0 0 0 1px var(--divider-color),
        0 4px 16px rgba(0, 0, 0, 0.18);
      font-size: 12px;
      line-height: 17px;
      pointer-events: none;
      z-index: 102;
    }
    .tip p {
      margin: 0;
    }
    .tip .value {
      font-size: 18px;
      line-height: 24px;
      font-weight: 500;
      font-variant-numeric: tabular-nums;
      white-space: nowrap;
    }
    .tip .value span {
      color: var(--secondary-text-color);
      font-size: 12px;
      font-weight: 400;
    }
    .tip .high {
      color: var(--zone-high);
    }
    .tip .low {
      color: var(--zone-low);
    }
    .swatch {
      display: inline-block;
      flex: none;
      width: 10px;
      height: 10px;
      border-radius: 3px;
    }
    .tip .swatch {
      margin-inline-end: 6px;
    }
    .says {
      position: absolute;
      inset: 0;
      display: flex;
      flex-direction: column;
      align-items: center;
      justify-content: center;
      gap: 10px;
      padding: 0 16% 24px;
      text-align: center;
      font-size: 14px;
      line-height: 20px;
      pointer-events: none;
      z-index: 103;
    }
    .says.error {
      background: color-mix(in srgb, var(--zone-ground) 85%, transparent);
    }
    .says p {
      margin: 0;
    }
    .says button {
      pointer-events: auto;
    }
    .hint {
      position: absolute;
      inset: auto 0 40px;
      margin: auto;
      width: fit-content;
      padding: 6px 12px;
      border-radius: 16px;
      background: var(--primary-text-color);
      color: var(--zone-ground);
      font-size: 12px;
      opacity: 0;
      transition: opacity 0.3s;
      pointer-events: none;
      z-index: 103;
    }
    .hint.shown {
      opacity: 0.85;
    }
    .legend {
      display: flex;
      flex-wrap: wrap;
      gap: 4px 14px;
      margin: 0;
      padding: 0;
      list-style: none;
      font-size: 12px;
      line-height: 16px;
    }
    .legend li {
      display: flex;
      align-items: center;
      gap: 6px;
      white-space: nowrap;
    }
    .legend span {
      color: var(--secondary-text-color);
      font-variant-numeric: tabular-nums;
    }
    .steps {
      display: flex;
      align-items: center;
      gap: 2px;
      max-width: 100%;
    }
    .key {
      display: block;
    }
    .ranges {
      display: flex;
      flex: 1;
      min-width: 0;
      gap: 2px;
      padding: 3px;
      border-radius: 18px;
      background: color-mix(in srgb, var(--primary-text-color) 6%, transparent);
      overflow-x: auto;
      scrollbar-width: none;
    }
    .ranges::-webkit-scrollbar {
      display: none;
    }
    button {
      margin: 0;
      border: none;
      background: none;
      color: inherit;
      font: inherit;
      cursor: pointer;
      -webkit-tap-highlight-color: transparent;
    }
    button:focus-visible {
      outline: 2px solid var(--primary-color);
      outline-offset: -1px;
    }
    .ranges button {
      flex: 1 0 auto;
      min-width: 30px;
      height: 30px;
      padding: 0 13px;
      border-radius: 15px;
      color: color-mix(in srgb, var(--primary-text-color) 72%, var(--zone-ground));
      font-size: 12px;
      white-space: nowrap;
      transition: background 0.15s;
    }
    .ranges button:hover {
      color: var(--primary-text-color);
    }
    .ranges button[aria-pressed="true"] {
      background: var(--zone-ground);
      box-shadow: 0 1px 3px rgba(0, 0, 0, 0.2);
      color: var(--primary-text-color);
      font-weight: 500;
    }
    :host([dark]) .ranges button[aria-pressed="true"] {
      background: color-mix(in srgb, var(--primary-text-color) 18%, var(--zone-ground));
    }
    .round {
      flex: none;
      width: 36px;
      height: 36px;
      padding: 8px;
      border-radius: 50%;
      color: var(--secondary-text-color);
    }
    .round:hover:not(:disabled) {
      background: color-mix(in srgb, var(--primary-text-color) 8%, transparent);
      color: var(--primary-text-color);
    }
    .round.now:disabled {
      visibility: hidden;
    }
    .round:disabled {
      opacity: 0.3;
      cursor: default;
    }
    .round svg {
      display: block;
      width: 20px;
      height: 20px;
      fill: currentColor;
    }
    :host([dir="rtl"]) .round svg {
      transform: scaleX(-1);
    }
    .go {
      padding: 6px 16px;
      border-radius: 18px;
      background: color-mix(in srgb, var(--primary-color) 75%, #000);
      color: var(--text-primary-color, #fff);
      font-weight: 500;
    }
    .lacks {
      display: flex;
      align-items: center;
      gap: 4px;
      margin: 0;
      color: var(--secondary-text-color);
      font-size: 12px;
      line-height: 16px;
    }
    .lacks a {
      color: inherit;
      white-space: nowrap;
    }
    .lacks button {
      flex: none;
      width: 24px;
      height: 24px;
      padding: 5px;
      border-radius: 50%;
    }
    .lacks svg {
      display: block;
      fill: currentColor;
    }
    .progress {
      position: absolute;
      inset: 0 0 auto;
      height: 2px;
      overflow: hidden;
      opacity: 0;
      transition: opacity 0.3s 0.25s;
      z-index: 103;
    }
    .progress.shown {
      opacity: 1;
    }
    .progress::after {
      content: "";
      position: absolute;
      inset: 0;
      width: 30%;
      border-radius: 1px;
      background: var(--primary-color);
      animation: run 1.2s ease-in-out infinite;
    }
    @keyframes run {
      from {
        left: -30%;
      }
      to {
        left: 100%;
      }
    }
    .alone {
      display: flex;
      align-items: center;
      justify-content: center;
      box-sizing: border-box;
      height: 100%;
      min-height: 120px;
      margin: 0;
      padding: 16px;
      text-align: center;
      color: var(--secondary-text-color);
    }
    @container (max-width: 480px) {
      .card {
        padding: 12px 12px 10px;
      }
      .numbers {
        order: 1;
        flex-basis: 100%;
        gap: 2px 12px;
        flex-wrap: wrap;
        padding: 0;
      }
      .numbers div {
        display: flex;
        gap: 4px;
        align-items: baseline;
      }
      .numbers dd {
        font-size: 12px;
        line-height: 16px;
        font-weight: 500;
      }
      header.session {
        flex-wrap: wrap;
        gap: 2px 12px;
      }
      .steps {
        flex: 1 0 100%;
        gap: 0;
      }
      .ranges {
        gap: 0;
      }
      .ranges button {
        min-width: 0;
        padding: 0 3px;
      }
      .round {
        width: 34px;
        padding: 8px 7px;
      }
      .legend {
        gap: 2px 10px;
      }
    }
    @container (max-width: 320px) {
      .ranges button {
        padding: 0 2px;
        font-size: 11px;
      }
    }
    @media (prefers-reduced-motion: reduce) {
      *,
      *::after {
        animation: none !important;
        transition: none !important;
      }
    }
  `,
  sessionStyles,
];
