import { hash } from 'node:crypto'

/** 32 bytes of SHA-256. */
export type Hash = Buffer

export const hashBytes = 32

/** The root of a tree without leaves: the SHA-256 of nothing (RFC 9162, 2.1.1). */
export const emptyRoot: Hash = sha256(Buffer.alloc(0))

export function sha256(data: Uint8Array | string): Hash {
  return hash('sha256', data, 'buffer')
}

/** Hash of an entry (RFC 9162, 2.1.1). */
export function leafHash(entry: Uint8Array): Hash {
  const input = Buffer.allocUnsafe(entry.length + 1)
  input[0] = 0
  input.set(entry, 1)
  return sha256(input)
}

const pair = Buffer.alloc(1 + 2 * hashBytes, 1)

/** Hash of a node from those of its children (RFC 9162, 2.1.1). */
export function nodeHash(left: Hash, right: Hash): Hash {
  pair.set(left, 1)
  pair.set(right, 1 + hashBytes)
  return sha256(pair)
}
