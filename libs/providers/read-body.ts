import { editJson, type TextEdit } from './edit-json.ts'
import type { JsonObject } from './json.ts'
import { readTexts } from './read-texts.ts'
import type { ReadTexts, TextPart } from './text-part.ts'
import { decodeTokens } from './usage/decode-tokens.ts'
import type { WireFormat } from './wire-format.ts'

type Reader = Pick<
  WireFormat,
  'requestTexts' | 'responseTexts' | 'opaqueAt' | 'opaqueInResponse' | 'tokenLists'
>

/** All that a policy sees of a request, and what it does not. @param written the JSON text of the body. */
export function readRequestTexts(format: Reader, body: JsonObject, written?: string): ReadTexts {
  const { decoded, unscanned } = readTokens(format, body)
  const read = readTexts(body, [...format.requestTexts(body), ...decoded], format.opaqueAt, written)
  return { texts: read.texts, unscanned: [...unscanned, ...read.unscanned] }
}

/** All that a policy sees of a plain or assembled response. */
export function readResponseTexts(format: Reader, body: JsonObject, written?: string): ReadTexts {
  return readTexts(body, format.responseTexts(body), format.opaqueInResponse ?? format.opaqueAt, written)
}

function readTokens(
  format: Reader,
  body: JsonObject,
): { decoded: TextPart[]; unscanned: ReadTexts['unscanned'] } {
  const decoded: TextPart[] = []
  const unscanned: ReadTexts['unscanned'] = []
  for (const { path, tokens } of format.tokenLists?.(body) ?? []) {
    const text = decodeTokens(tokens, typeof body.model === 'string' ? body.model : '')
    if (text === undefined)
      unscanned.push({ path, kind: 'tokens', reason: 'the vocabulary of the model is not known' })
    else decoded.push({ path, text, role: 'user', kind: 'text', fixed: 'encoded' })
  }
  return { decoded, unscanned }
}

/**
 * A body's JSON text with texts changed; every byte outside the changes stays.
 * @param texts those that the edits were made of.
 * @throws where an edit leads nowhere.
 */
export function editTexts(written: string, texts: readonly TextPart[], edits: readonly TextEdit[]): string {
  if (edits.length === 0) return written
  const byPath = new Map(texts.map((text) => [text.path, text]))
  return editJson(
    written,
    edits.flatMap((edit) => {
      const part = byPath.get(edit.path)
      if (part?.encode) return [{ path: edit.path, text: part.encode(edit.text) }]
      return [edit, ...(part?.also ?? []).map((path) => ({ ...edit, path }))]
    }),
  )
}
