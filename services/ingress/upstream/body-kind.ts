import { beginsAsList, type WireFormat } from '@airs-cp/providers'

export type BodyKind = 'stream' | 'plain'

/** After so many blank lines a body is what its label says. */
const maxBlankBytes = 4096

/**
 * What a body is by its beginning, as clients read it that asked for a stream or for JSON and do not look at the label. A list of
 * JSON is a stream where the format writes streams so.
 * Undefined while too little of it has come.
 */
export function bodyKindOf(
  begun: Buffer,
  label: BodyKind,
  { listsFrames }: Pick<WireFormat, 'listsFrames'> = {},
): BodyKind | undefined {
  const start = begun.toString('latin1', 0, maxBlankBytes + 16).replace(/^\xEF\xBB\xBF/, '')
  const text = start.replace(/^[\r\n]+/, '')
  if (/^(?:data|event|id|retry)?:/.test(text)) return 'stream'
  if (listsFrames && beginsAsList(begun)) return 'stream'
  if (/^\s*[[{]/.test(text)) return 'plain'
  const isOpen = text.trim() === '' || fields.some((field) => field.startsWith(text))
  return isOpen && begun.length <= maxBlankBytes ? undefined : label
}

const fields = ['data:', 'event:', 'id:', 'retry:', '\xEF\xBB\xBF']
