/**
 * Parts of a text, none of which has more than `mostTokens` tokens. They overlap, so that what stands on a border stands whole in
 * one of them.
 */
export function piecesOf(text: string, mostTokens: number, count: (piece: string) => number): string[] {
  if (text.length <= 1 || count(text) <= mostTokens) return [text]
  const half = Math.ceil(text.length / 2)
  const overlap = Math.min(100, Math.floor(half / 4))
  return [
    ...piecesOf(text.slice(0, half).toWellFormed(), mostTokens, count),
    ...piecesOf(text.slice(half - overlap).toWellFormed(), mostTokens, count),
  ]
}
