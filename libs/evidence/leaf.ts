import { type Hash, sha256 } from '@airs-cp/transparency-log'

/** Bytes of the random salt of each event. Without it, nobody can guess what a leaf commits to. */
export const saltBytes = 32

/** What a leaf says of an event, beside the digests. */
export type LeafAttributes = {
  id: string
  type: string
  time: string
  tenant: string
  journal?: string | undefined
  sequence?: number | undefined
  exchange?: string | undefined
}

/**
 * The record of an event in the log: at most 1 KB of ASCII that can be published, because it commits to the event by
 * salted digests. Format: docs/log-format.md, "Leaf".
 * @param event SHA-256 of salt and bytes of the event.
 * @param facts SHA-256 of `factsSalt` and bytes of `factsOf` the event.
 */
export function leafRecord(attributes: LeafAttributes, event: Hash, facts: Hash): Buffer {
  const { id, type, time, tenant, journal, sequence, exchange } = attributes
  return Buffer.from(
    JSON.stringify({
      v: 1,
      id: bounded(id),
      type: bounded(type),
      time: bounded(time),
      tenant: bounded(tenant),
      ...(journal !== undefined && { journal: bounded(journal) }),
      ...(sequence !== undefined && { sequence }),
      ...(exchange !== undefined && { exchange: bounded(exchange) }),
      event: event.toString('base64'),
      facts: facts.toString('base64'),
    }),
    'latin1',
  )
}

export function saltedDigest(salt: Buffer, bytes: string | Buffer): Hash {
  return sha256(Buffer.concat([salt, typeof bytes === 'string' ? Buffer.from(bytes) : bytes]))
}

/** The salt of the facts of an event. It reveals nothing of the salt that it comes from. */
export function factsSalt(salt: Buffer): Buffer {
  return sha256(Buffer.concat([Buffer.from('airs-facts/1\n'), salt]))
}

/** The salt of digests of content within the facts. Who has it can compare a text with them, and learns no other salt. */
export function contentSalt(salt: Buffer): Buffer {
  return sha256(Buffer.concat([Buffer.from('airs-content/1\n'), salt]))
}

const plain = /^[\x20-\x21\x23-\x5b\x5d-\x7e]{1,128}$/

/** A value as it stands in a leaf: short printable ASCII that JSON does not escape, or its digest. */
function bounded(value: string): string {
  return plain.test(value) && !value.startsWith('sha256:') ? value : `sha256:${sha256(value).toString('hex')}`
}
