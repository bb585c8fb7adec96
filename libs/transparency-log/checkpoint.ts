import { fromBase64 } from './base64.ts'
import { type Hash, hashBytes } from './hash.ts'

/** What a log says of itself (C2SP tlog-checkpoint): the text of a note. */
export type Checkpoint = { origin: string; size: number; root: Hash; extensions: string[] }

export class CheckpointError extends Error {
  override name = 'CheckpointError'
}

export function checkpointText({
  origin,
  size,
  root,
  extensions = [],
}: Omit<Checkpoint, 'extensions'> & { extensions?: string[] }): string {
  return [origin, String(size), root.toString('base64'), ...extensions].map((line) => `${line}\n`).join('')
}

/** Undefined where the text of a note is no checkpoint. */
export function parseCheckpointText(text: string): Checkpoint | undefined {
  if (!text.endsWith('\n')) return undefined
  const [origin, size, root, ...extensions] = text.slice(0, -1).split('\n')
  if (origin === undefined || size === undefined || root === undefined) return undefined
  const hash = fromBase64(root)
  const isSize = /^(0|[1-9]\d*)$/.test(size) && Number.isSafeInteger(Number(size))
  if (origin === '' || !isSize || hash?.length !== hashBytes || extensions.includes('')) return undefined
  return { origin, size: Number(size), root: hash, extensions }
}

/** @throws CheckpointError where it is none. */
export function checkpointBody(text: string): Checkpoint {
  const checkpoint = parseCheckpointText(text)
  if (!checkpoint) throw new CheckpointError('This is no checkpoint: origin, size and root hash are expected')
  return checkpoint
}
