import { type Hash, hashBytes } from './hash.ts'
import { foldPerfect, type PerfectNode } from './subtrees.ts'

/** Height of a tile: level `l` of tiles holds the hashes of level 8 × `l` of the tree (C2SP tlog-tiles). */
export const tileHeight = 8
export const tileWidth = 256

/** Hashes `index` × 256 to `index` × 256 + `width` of a level of tiles, or entries, where the level is `entries`. */
export type Tile = { level: number | 'entries'; index: number; width: number }

/** Path of a tile below the prefix of its log, such as `tile/0/x001/234.p/17`. */
export function tilePath({ level, index, width }: Tile): string {
  const digits = String(index)
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/\d{3}/g)!
  const path = groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join('/')
  return `tile/${level}/${path}${width < tileWidth ? `.p/${width}` : ''}`
}

const pathPattern = /^tile\/(entries|0|[1-9]\d?)\/((?:x\d{3}\/)*\d{3})(?:\.p\/([1-9]\d{0,2}))?$/

/** Undefined where it is not the one path of a tile. */
export function parseTilePath(path: string): Tile | undefined {
  const [, level, digits, partial] = pathPattern.exec(path) ?? []
  if (level === undefined || digits === undefined) return undefined
  const tile: Tile = {
    level: level === 'entries' ? 'entries' : Number(level),
    index: Number(digits.replaceAll(/[x/]/g, '')),
    width: partial === undefined ? tileWidth : Number(partial),
  }
  return tilePath(tile) === path && Number.isSafeInteger(tile.index) ? tile : undefined
}

/** How many hashes level `level` of tiles has in a tree of `size` leaves. */
export function tileHashes(level: number, size: number): number {
  return Math.floor(size / tileWidth ** level)
}

/** Every tile and bundle of a tree, full ones and the last partial one of each level. */
export function* tilesOf(size: number): Generator<Tile> {
  const ofLevel = function* (level: Tile['level'], hashes: number): Generator<Tile> {
    for (let index = 0; index * tileWidth < hashes; index++)
      yield { level, index, width: Math.min(tileWidth, hashes - index * tileWidth) }
  }
  yield* ofLevel('entries', size)
  for (let level = 0; tileHashes(level, size) > 0; level++) yield* ofLevel(level, tileHashes(level, size))
}

/** Where the hash of a perfect subtree follows from: that many hashes of a level of tiles, from the first on. */
export function tileSpan({ level, index }: PerfectNode): { level: number; first: number; count: number } {
  const count = 2 ** (level % tileHeight)
  return { level: Math.floor(level / tileHeight), first: index * count, count }
}

/** The hash of a perfect subtree from the hashes of its `tileSpan`. */
export function hashOfSpan(hashes: Buffer): Hash {
  return foldPerfect(splitHashes(hashes))
}

export function splitHashes(bytes: Buffer): Hash[] {
  return Array.from({ length: bytes.length / hashBytes }, (_, at) =>
    bytes.subarray(at * hashBytes, (at + 1) * hashBytes),
  )
}
