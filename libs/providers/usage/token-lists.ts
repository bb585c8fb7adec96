/** Token ids in a list, or in a list of lists. */
export function tokenListsAt(value: unknown, path: string): { path: string; tokens: number[] }[] {
  if (!Array.isArray(value) || value.length === 0) return []
  if (value.every((element) => Number.isInteger(element))) return [{ path, tokens: value as number[] }]
  return value.flatMap((element, index) => tokenListsAt(element, `${path}/${index}`))
}
