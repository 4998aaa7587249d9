/** How sessions, workouts and sleep, look on the chart card. */

import { css } from "lit";

export const sessionStyles = css`
  .sessions {
    position: absolute;
    inset: 0 0 auto;
    height: 0;
    z-index: 102;
  }
  .sessions > * {
    position: absolute;
    transform: translateX(-50%);
  }
  .pick {
    display: flex;
    align-items: center;
    justify-content: center;
    gap: 4px;
    min-width: 24px;
    height: 24px;
    padding: 0 4px;
    border-radius: 12px;
    background: color-mix(in srgb, var(--zone-workout) 14%, var(--zone-ground));
    color: var(--primary-text-color);
    font-size: 12px;
    white-space: nowrap;
  }
  .pick:has(span) {
    padding-inline-end: 8px;
  }
  /* Fingers need more than what is drawn. */
  .pick::after {
    content: "";
    position: absolute;
    inset: -6px 0;
  }
  .pick:hover {
    background: color-mix(in srgb, var(--zone-workout) 32%, var(--zone-ground));
  }
  .pick ha-icon {
    --mdc-icon-size: 16px;
    display: flex;
  }
  .pick.quiet {
    background: none;
    color: var(--zone-sleep);
  }
  .pick.quiet:hover {
    background: color-mix(in srgb, var(--zone-sleep) 24%, var(--zone-ground));
  }
  .mark {
    top: 12px;
    width: 2px;
    height: 10px;
    border-radius: 1px;
    background: var(--zone-workout);
    pointer-events: none;
  }
  .session .round {
    margin: -4px -4px 0 -8px;
  }
  .session h2 {
    display: flex;
    gap: 6px;
    outline: none;
  }
  .session h2 ha-icon {
    --mdc-icon-size: 20px;
    display: flex;
  }
  .session .when {
    color: var(--secondary-text-color);
    font-size: 12px;
    line-height: 16px;
  }
  .stages {
    position: relative;
    /* The chart reaches as far out, and the plot is measured in it. */
    left: -4px;
    flex: none;
    box-sizing: border-box;
    height: calc(var(--rows) * 10px);
    margin-top: -4px;
    overflow: hidden;
    border-radius: 2px;
    background: repeating-linear-gradient(
      color-mix(in srgb, var(--zone-sleep) 12%, transparent) 0 9px,
      transparent 9px 10px
    );
  }
  .stages i {
    position: absolute;
    top: calc(var(--row) * 10px);
    height: 9px;
    min-width: 1px;
  }
  .zone-bar {
    display: flex;
    flex: none;
    gap: 2px;
    height: 6px;
    overflow: hidden;
    border-radius: 3px;
  }
  .zone-bar i {
    min-width: 2px;
  }
`;
