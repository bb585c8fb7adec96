import { randomBytes } from 'node:crypto'

/** A UUIDv7 (RFC 9562, section 5.7), as the gateway mints them: by time of creation when sorted as text. */
export function newSessionId(): string {
  const bytes = randomBytes(16)
  bytes.writeUIntBE(Date.now(), 0, 6)
  bytes[6] = 0x70 | (bytes[6]! & 0x0f)
  bytes[8] = 0x80 | (bytes[8]! & 0x3f)
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
