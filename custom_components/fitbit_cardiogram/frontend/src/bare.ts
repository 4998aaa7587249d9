/** Cards that take no place while there is nothing to draw; Home Assistant leaves out what is `hidden`. */

/** Let a card be left out, or not any more. */
export function leaveOut(card: HTMLElement, isLeftOut: boolean): void {
  if (card.hidden === isLeftOut) return;
  card.hidden = isLeftOut;
  const detail = { value: !isLeftOut };
  card.dispatchEvent(new CustomEvent("card-visibility-changed", { detail, bubbles: true, composed: true }));
}
