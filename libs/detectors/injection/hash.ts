/** Start of a 32-bit FNV-1a hash. */
export const hashStart = 0x811c9dc5 | 0

export function hashCode(hash: number, code: number): number {
  return Math.imul(hash ^ code, 0x01000193)
}

export function hashText(text: string): number {
  let hash = hashStart
  for (let index = 0; index < text.length; index++) hash = hashCode(hash, text.charCodeAt(index))
  return hash
}

/** Mixes two hashes; the order counts. */
export function hashPair(first: number, second: number): number {
  return Math.imul(Math.imul(first, 0x85ebca6b) ^ second, 0x9e3779b1)
}
