import { editJson, patchJson, type TextEdit } from './edit-json.ts'
import type { Json, JsonObject } from './json.ts'
import { editTexts } from './read-body.ts'
import { spellsOwn } from './read-frame.ts'
import { frameJson, type SseFrame, withFrameData } from './sse.ts'
import { type TextPart, unescapeToken } from './text-part.ts'
import type { ChangedFrom, WireFormat } from './wire-format.ts'

/**
 * The JSON text of a plain response with texts changed, without what would still spell the old ones out or point elsewhere. Every
 * other byte stays.
 * @param texts those that the edits were made of.
 */
export function rewriteResponse(
  format: WireFormat,
  written: string,
  texts: readonly TextPart[],
  edits: readonly TextEdit[],
): string {
  const edited = editTexts(written, texts, edits)
  const body = JSON.parse(edited) as JsonObject
  const from = changedFrom(JSON.parse(written) as JsonObject, edits)
  return patchJson(edited, body, format.withoutEchoes(body, from, edits.length > 0) ?? {})
}

/**
 * A whole stream with texts of its assembled response changed. The first piece of a changed string carries all of its
 * new text and the later ones are empty; where the format repeats the whole string, the repetition is changed too.
 * Bytes that nothing is changed in stay.
 * @throws when the stream cannot be made to say what was asked: it must then not be delivered at all.
 */
export function rewriteStream(
  format: WireFormat,
  frames: readonly SseFrame[],
  texts: readonly TextPart[],
  edits: readonly TextEdit[],
): SseFrame[] {
  const whole = assemble(format, frames)
  const wanted = JSON.parse(editTexts(JSON.stringify(whole), texts, edits)) as JsonObject
  const from = changedFrom(whole, edits)
  const given = new Set<string>()
  const rewritten = frames.flatMap((frame) => {
    const changes: TextEdit[] = []
    const pieces = format.frameTexts(frame)
    for (const { path, channel, whole } of pieces) {
      if (!edits.some((edit) => edit.path === channel || edit.path.startsWith(`${channel}/`))) continue
      changes.push({ path, text: whole || !given.has(channel) ? textAt(wanted, channel) : '' })
      if (!whole) given.add(channel)
    }
    const json = frameJson(frame)
    const hasOtherEchoes = json !== undefined && edits.length > 0 && !spellsOwn(frame, json, pieces)
    const rewritten = withFrameEdits(format, frame, changes, from, hasOtherEchoes)
    return rewritten ? [rewritten] : []
  })
  verify(assemble(format, rewritten), wanted, edits)
  return rewritten
}

/**
 * A frame with texts changed and without their echoes; the same frame where nothing had to change, undefined where nothing is left.
 * @param hasOtherEchoes it has echoes of texts that are not in it.
 */
export function withFrameEdits(
  format: WireFormat,
  frame: SseFrame,
  edits: readonly TextEdit[],
  changedFrom: ChangedFrom,
  hasOtherEchoes = false,
): SseFrame | undefined {
  const json = frameJson(frame)
  if (!json) return frame
  const edited = editJson(frame.data, edits)
  const body = edits.length === 0 ? json : (JSON.parse(edited) as JsonObject)
  const left = format.withoutEchoes(body, changedFrom, edits.length > 0 || hasOtherEchoes)
  if (!left) return undefined
  const data = patchJson(edited, body, left)
  return data === frame.data ? frame : withFrameData(frame, data)
}

function changedFrom(body: JsonObject, edits: readonly TextEdit[]): ChangedFrom {
  const changes = new Map(
    edits.map(({ path, text }) => {
      const before = valueAt(body, path)
      if (typeof before !== 'string') return [path, 0]
      let at = 0
      while (at < text.length && text[at] === before[at]) at++
      return [path, at]
    }),
  )
  return (channel) => changes.get(channel)
}

function assemble(format: WireFormat, frames: readonly SseFrame[]): JsonObject {
  const assembler = format.createAssembler()
  for (const frame of frames) assembler.push(frame)
  return assembler.result() ?? {}
}

function verify(body: JsonObject, wanted: JsonObject, edits: readonly TextEdit[]): void {
  for (const { path } of edits) {
    if (valueAt(body, path) !== valueAt(wanted, path))
      throw new Error(`The stream could not be rewritten at ${path}`)
  }
}

/** Tool arguments stand parsed in some assembled responses, and are streamed as the text that they were parsed from. */
function textAt(body: JsonObject, path: string): string {
  const value = valueAt(body, path)
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function valueAt(body: JsonObject, path: string): Json | undefined {
  let value: Json | undefined = body
  for (const token of path.split('/').slice(1)) {
    const key = unescapeToken(token)
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = (value as JsonObject)[key]
  }
  return value
}
