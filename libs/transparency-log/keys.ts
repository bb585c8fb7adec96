import { createPrivateKey, createPublicKey, type KeyObject, randomBytes, sign, verify } from 'node:crypto'
import { fromBase64 } from './base64.ts'
import { checkpointBody, parseCheckpointText } from './checkpoint.ts'
import { sha256 } from './hash.ts'

/**
 * What a signature line is made with, by its type byte (C2SP signed-note, tlog-cosignature):
 * a log signs with `ed25519`, witnesses with one of the cosignatures. `cosignature-ml-dsa-44` also is how a log signs in a
 * way that holds against quantum computers.
 */
const keyAlgorithms = {
  ed25519: 0x01,
  'cosignature-ed25519': 0x04,
  'cosignature-ml-dsa-44': 0x06,
} as const
export type KeyAlgorithm = keyof typeof keyAlgorithms

export type VerifierKey = {
  name: string
  /** Eight hexadecimal digits. */
  id: string
  algorithm: KeyAlgorithm
  /** As in the verifier key: 32 bytes of Ed25519, or 1,312 of ML-DSA-44. */
  publicKey: Buffer
}

export type Signer = {
  key: VerifierKey
  /** The bytes of a signature line behind the key id. */
  sign(text: string): Buffer
  /** One line that `parseSigner` reads: keep it secret. */
  secret: string
}

export class KeyError extends Error {
  override name = 'KeyError'
}

const seedBytes = 32
const derPrefixes = {
  ed25519: {
    public: Buffer.from('302a300506032b6570032100', 'hex'),
    private: Buffer.from('302e020100300506032b657004220420', 'hex'),
    publicBytes: 32,
  },
  'ml-dsa-44': {
    public: Buffer.from('30820532300b06096086480165030403110382052100', 'hex'),
    private: Buffer.from('3034020100300b060960864801650304031104228020', 'hex'),
    publicBytes: 1_312,
  },
}

const curveOf = (algorithm: KeyAlgorithm) =>
  derPrefixes[algorithm === 'cosignature-ml-dsa-44' ? 'ml-dsa-44' : 'ed25519']

/** A key name has no Unicode space and no plus. */
export function isKeyName(name: string): boolean {
  return name !== '' && !/[\s+\u0085]/u.test(name) && !hasControl(name)
}

function hasControl(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) < 0x20) return true
  return false
}

export function verifierKey(name: string, algorithm: KeyAlgorithm, publicKey: Buffer): VerifierKey {
  if (!isKeyName(name)) throw new KeyError(`"${name}" cannot be the name of a key`)
  const typed = Buffer.concat([Buffer.of(keyAlgorithms[algorithm]), publicKey])
  const id = sha256(Buffer.concat([Buffer.from(`${name}\n`), typed])).toString('hex', 0, 4)
  return { name, id, algorithm, publicKey }
}

/** `<name>+<id>+<Base64 of type and public key>`. */
export function formatVerifierKey({ name, id, algorithm, publicKey }: VerifierKey): string {
  return `${name}+${id}+${typedBase64(algorithm, publicKey)}`
}

/** @throws KeyError saying what is wrong with it. */
export function parseVerifierKey(text: string): VerifierKey {
  const { name, id, algorithm, bytes } = parseTyped(text.trim())
  if (bytes.length !== curveOf(algorithm).publicBytes)
    throw new KeyError(`Key ${name}+${id} has ${bytes.length} bytes, which is no ${algorithm} key`)
  const key = verifierKey(name, algorithm, bytes)
  if (key.id !== id) throw new KeyError(`Key ${name}+${id} is damaged: its id should be ${key.id}`)
  return key
}

function parseTyped(text: string) {
  const [, name, id, encoded] = /^([^+]+)\+([0-9a-f]{8})\+(\S+)$/.exec(text) ?? []
  const typed = fromBase64(encoded ?? '')
  if (name === undefined || id === undefined || !typed || typed.length === 0)
    throw new KeyError('This is no key: <name>+<id>+<Base64> is expected')
  const entry = Object.entries(keyAlgorithms).find(([, type]) => type === typed[0])
  if (!entry) throw new KeyError(`Key ${name}+${id} is of type ${typed[0]}, which is not known here`)
  return { name, id, algorithm: entry[0] as KeyAlgorithm, bytes: typed.subarray(1) }
}

function typedBase64(algorithm: KeyAlgorithm, bytes: Buffer): string {
  return Buffer.concat([Buffer.of(keyAlgorithms[algorithm]), bytes]).toString('base64')
}

/** @param now time of cosignatures, in milliseconds. */
export function createSigner(
  name: string,
  algorithm: KeyAlgorithm,
  { seed = randomBytes(seedBytes), now = Date.now }: { seed?: Buffer; now?: () => number } = {},
): Signer {
  const privateKey = createPrivateKey({
    key: Buffer.concat([curveOf(algorithm).private, seed]),
    format: 'der',
    type: 'pkcs8',
  })
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' })
  const key = verifierKey(name, algorithm, spki.subarray(curveOf(algorithm).public.length))
  return {
    key,
    secret: `PRIVATE+KEY+${name}+${key.id}+${typedBase64(algorithm, seed)}`,
    sign(text) {
      if (algorithm === 'ed25519') return sign(null, Buffer.from(text), privateKey)
      const timestamp = BigInt(Math.floor(now() / 1_000))
      const prefix = Buffer.alloc(8)
      prefix.writeBigUInt64BE(timestamp)
      return Buffer.concat([prefix, sign(null, cosignedMessage(key, timestamp, text), privateKey)])
    },
  }
}

/**
 * Reads the secret of a signer: `PRIVATE+KEY+<name>+<id>+<Base64 of type and seed>`, as golang.org/x/mod writes it.
 * @throws KeyError, which never contains the secret.
 */
export function parseSigner(secret: string, now?: () => number): Signer {
  const [, rest] = /^PRIVATE\+KEY\+(\S+)$/.exec(secret.trim()) ?? []
  if (rest === undefined) throw new KeyError('This is no private key: a line PRIVATE+KEY+… is expected')
  const { name, id, algorithm, bytes } = parseTyped(rest)
  if (bytes.length !== seedBytes) throw new KeyError(`Private key ${name}+${id} is damaged: its length`)
  const signer = createSigner(name, algorithm, { seed: bytes, ...(now && { now }) })
  if (signer.key.id !== id) throw new KeyError(`Private key ${name}+${id} is damaged: its id differs`)
  return signer
}

const publicKeys = new WeakMap<VerifierKey, KeyObject>()

/** Whether the bytes behind the key id of a signature line are that key's signature of the text. */
export function verifyBytes(key: VerifierKey, text: string, signature: Buffer): boolean {
  let publicKey = publicKeys.get(key)
  if (!publicKey) {
    const der = Buffer.concat([curveOf(key.algorithm).public, key.publicKey])
    publicKey = createPublicKey({ key: der, format: 'der', type: 'spki' })
    publicKeys.set(key, publicKey)
  }
  if (key.algorithm === 'ed25519') return verify(null, Buffer.from(text), publicKey, signature)
  if (signature.length <= 8 || !parseCheckpointText(text)) return false
  const timestamp = signature.readBigUInt64BE()
  return verify(null, cosignedMessage(key, timestamp, text), publicKey, signature.subarray(8))
}

/** Time of a cosignature, in seconds of the epoch; undefined for another signature. */
export function cosignedAt(key: VerifierKey, signature: Buffer): number | undefined {
  return key.algorithm === 'ed25519' ? undefined : Number(signature.readBigUInt64BE())
}

/** C2SP tlog-cosignature, "Ed25519 signed message" and "ML-DSA-44 signed message". */
function cosignedMessage({ name, algorithm }: VerifierKey, timestamp: bigint, text: string): Buffer {
  if (algorithm === 'cosignature-ed25519') return Buffer.from(`cosignature/v1\ntime ${timestamp}\n${text}`)
  const { origin, size, root } = checkpointBody(text)
  const numbers = (...values: bigint[]) => {
    const bytes = Buffer.alloc(8 * values.length)
    for (const [at, value] of values.entries()) bytes.writeBigUInt64BE(value, 8 * at)
    return bytes
  }
  return Buffer.concat([
    Buffer.from('subtree/v1\n\0'),
    prefixed(name),
    numbers(timestamp),
    prefixed(origin),
    numbers(0n, BigInt(size)),
    root,
  ])
}

function prefixed(text: string): Buffer {
  const bytes = Buffer.from(text)
  if (bytes.length === 0 || bytes.length > 255) throw new KeyError(`"${text}" has not 1 to 255 bytes`)
  return Buffer.concat([Buffer.of(bytes.length), bytes])
}
