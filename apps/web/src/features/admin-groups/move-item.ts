/** The list with one item moved to another place; unchanged where there is no such place. */
export function moveItem<Item>(list: readonly Item[], from: number, to: number): Item[] {
  const result = [...list];
  if (from < 0 || from >= list.length || to < 0 || to >= list.length) return result;
  result.splice(to, 0, ...result.splice(from, 1));
  return result;
}
