import { type ContentParts, contentBytes, type FindContent, type RecordedContent } from './body.ts'
import { sha256Hex } from './digest.ts'

/** How deep pieces may be nested in pieces: reading one takes at most so many looks into a store. */
export const mostDepth = 16
/** Of a piece that is made of others: a few events could name any number of bytes. */
const mostNestedBytes = 64 * 1024 * 1024

/** Pieces that are nested too deep, in a circle or without end. */
export class ContentDepthError extends Error {
  override name = 'ContentDepthError'
}

/** Digests of the pieces that parts refer to, each once. */
export function referencesIn(parts: ContentParts | undefined): string[] {
  return [...new Set((parts ?? []).flatMap((part) => (typeof part === 'string' ? [] : [part.sha256])))]
}

/**
 * Finds the bytes of pieces, with those that they are made of.
 * @param get what was recorded by a digest.
 * @returns throws ContentDepthError, or when a piece lacks one that it is made of.
 */
export function contentFinder(get: (sha256: string) => RecordedContent | undefined): FindContent {
  const find = (sha256: string, depth: number): Buffer | undefined => {
    const content = get(sha256)
    if (!content) return undefined
    if (depth > mostDepth)
      throw new ContentDepthError(`Content ${sha256} is nested more than ${mostDepth} deep`)
    if (content.parts && content.bytes > mostNestedBytes)
      throw new ContentDepthError(
        `Content ${sha256} is made of others and has ${content.bytes} bytes; ${mostNestedBytes} is the most`,
      )
    return contentBytes(content, (inner) => find(inner, depth + 1))
  }
  return (sha256) => find(sha256, 1)
}

/**
 * Reads pieces from a store, with those that they are made of.
 * @param load what was recorded by some digests; it is called at most `mostDepth` times.
 * @returns the bytes by digest; a piece is left out that is not there as a whole, or has another digest.
 */
export async function loadContents(
  digests: Iterable<string>,
  load: (digests: string[]) => Promise<Iterable<readonly [sha256: string, content: RecordedContent]>>,
): Promise<Map<string, Buffer>> {
  const wanted = [...new Set(digests)]
  const found = new Map<string, RecordedContent>()
  const asked = new Set<string>()
  for (let next = wanted, depth = 1; next.length > 0 && depth <= mostDepth; depth++) {
    for (const sha256 of next) asked.add(sha256)
    const inner = new Set<string>()
    for (const [sha256, content] of await load(next)) {
      found.set(sha256, content)
      for (const part of referencesIn(content.parts)) if (!asked.has(part)) inner.add(part)
    }
    next = [...inner]
  }
  const find = contentFinder((sha256) => found.get(sha256))
  return new Map(
    wanted.flatMap((sha256) => {
      const bytes = genuineBytes(sha256, find)
      return bytes ? [[sha256, bytes] as const] : []
    }),
  )
}

function genuineBytes(sha256: string, find: FindContent): Buffer | undefined {
  try {
    const bytes = find(sha256)
    return bytes && sha256Hex(bytes) === sha256 ? bytes : undefined
  } catch {
    return undefined
  }
}
