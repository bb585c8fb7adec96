import { isUtf8 } from 'node:buffer'
import { fromBase64 } from './base64.ts'
import { cosignedAt, isKeyName, type Signer, type VerifierKey, verifyBytes } from './keys.ts'

/** `bytes`: what stands behind the key id. `line` is the whole line, its end included. */
export type NoteSignature = { name: string; id: string; bytes: Buffer; line: string }

/** A text and who claims to have signed it (C2SP signed-note). Nothing of it is to be believed before it is verified. */
export type Note = { text: string; signatures: NoteSignature[] }

export type VerifiedSignature = {
  key: VerifierKey
  line: string
  /** Of a cosignature: seconds of the epoch. */
  at?: number
}

/**
 * - `malformed`: it is no note
 * - `invalid`: a known key has not signed this text, although a line claims so
 * - `unknown`: no signature is of a known key
 */
export class NoteError extends Error {
  override name = 'NoteError'
  readonly reason: 'malformed' | 'invalid' | 'unknown'

  constructor(reason: NoteError['reason'], message: string) {
    super(message)
    this.reason = reason
  }
}

const maxNoteBytes = 1_000_000
const maxSignatures = 100

/** @throws NoteError */
export function parseNote(note: string | Buffer): Note {
  const malformed = (what: string) => new NoteError('malformed', `This is no signed note: ${what}`)
  if (Buffer.byteLength(note) > maxNoteBytes) throw malformed('it is too long')
  if (typeof note !== 'string' && !isUtf8(note)) throw malformed('it is not UTF-8')
  const whole = note.toString()
  if (hasControls(whole)) throw malformed('it has control characters')
  const end = whole.lastIndexOf('\n\n')
  if (end < 0) throw malformed('no empty line stands before its signatures')
  const lines = whole.slice(end + 2).split('\n')
  if (lines.pop() !== '' || lines.length === 0) throw malformed('its last line does not end')
  if (lines.length > maxSignatures) throw malformed(`it has more than ${maxSignatures} signatures`)
  return { text: whole.slice(0, end + 1), signatures: lines.map(parseSignatureLine) }
}

/** @throws NoteError */
export function parseSignatureLine(line: string): NoteSignature {
  const [, name, encoded] = /^— (\S+) (\S+)$/u.exec(line) ?? []
  const bytes = fromBase64(encoded ?? '')
  if (name === undefined || !isKeyName(name) || !bytes || bytes.length < 5)
    throw new NoteError('malformed', 'This is no signed note: a line is no signature')
  return { name, id: bytes.toString('hex', 0, 4), bytes: bytes.subarray(4), line: `${line}\n` }
}

/** A line for a signature. */
export function signatureLine({ key, sign }: Pick<Signer, 'key' | 'sign'>, text: string): string {
  const bytes = Buffer.concat([Buffer.from(key.id, 'hex'), sign(text)])
  return `— ${key.name} ${bytes.toString('base64')}\n`
}

/** @param text ends with a line feed. @throws NoteError where it cannot be the text of a note. */
export function signNote(text: string, signers: readonly Pick<Signer, 'key' | 'sign'>[]): string {
  if (!text.endsWith('\n') || hasControls(text))
    throw new NoteError('malformed', 'The text of a note is lines without control characters')
  return `${text}\n${signers.map((signer) => signatureLine(signer, text)).join('')}`
}

/**
 * The signatures of known keys, each key once. Lines of other keys are passed over.
 * @throws NoteError where a known key has not signed what it is said to have signed, or where no known key has signed.
 */
export function verifyNote(note: Note, keys: readonly VerifierKey[]): VerifiedSignature[] {
  const verified = findSignatures(note, keys)
  if (verified.length === 0)
    throw new NoteError(
      'unknown',
      `No signature is of a trusted key; it claims ${note.signatures.map(({ name, id }) => `${name}+${id}`).join(', ')}`,
    )
  return verified
}

/** The same, where none is needed. @throws NoteError where a known key has not signed what it is said to have signed. */
export function findSignatures(note: Note, keys: readonly VerifierKey[]): VerifiedSignature[] {
  const verified = new Map<VerifierKey, VerifiedSignature>()
  for (const { name, id, bytes, line } of note.signatures) {
    const key = keys.find((one) => one.name === name && one.id === id)
    if (!key) continue
    if (!verifyBytes(key, note.text, bytes))
      throw new NoteError('invalid', `The signature of key ${name}+${id} does not hold`)
    const at = cosignedAt(key, bytes)
    verified.set(key, { key, line, ...(at !== undefined && { at }) })
  }
  return [...verified.values()]
}

function hasControls(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code < 0x20 && code !== 0x0a) return true
  }
  return false
}
