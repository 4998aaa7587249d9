/** Days that can be gone through by pointer and by keys: the attributes that make a picture of them one. */

/** Return the day that a key leads to. */
export function stepped(
  key: string,
  index: number | undefined,
  count: number,
  rows: number,
): number | undefined {
  const at = index ?? count - 1;
  const to: Record<string, number> = {
    ArrowLeft: at - rows,
    ArrowRight: at + rows,
    ArrowUp: at - 1,
    ArrowDown: at + 1,
    Home: 0,
    End: count - 1,
  };
  const found = to[key];
  return found === undefined ? undefined : Math.min(Math.max(found, 0), count - 1);
}
