import type { Json, JsonObject } from './json.ts'
import { replaceTexts, type TextEdit } from './replace-texts.ts'
import { frameJson, type SseFrame, withFrameJson } from './sse.ts'
import type { ChangedFrom, WireFormat } from './wire-format.ts'

/** A plain answer with strings replaced, and without the log probabilities that would still spell the old ones out, and the annotations that would point elsewhere. */
export function rewriteAnswer(format: WireFormat, body: JsonObject, edits: readonly TextEdit[]): JsonObject {
  return format.withoutEchoes(replaceTexts(body, edits), changedFrom(body, edits)) ?? {}
}

/**
 * A whole stream with strings of its assembled answer replaced. The first piece of a changed string carries all of its
 * new text and the later ones are empty; where the format repeats the whole string, the repetition is changed too.
 * Frames that nothing is changed in keep their bytes.
 * @throws when the stream cannot be made to say what was asked: it must then not be delivered at all.
 */
export function rewriteStream(
  format: WireFormat,
  frames: readonly SseFrame[],
  edits: readonly TextEdit[],
): SseFrame[] {
  const whole = assemble(format, frames)
  const wanted = replaceTexts(whole, edits)
  const from = changedFrom(whole, edits)
  const given = new Set<string>()
  const rewritten = frames.flatMap((frame) => {
    const changes: TextEdit[] = []
    for (const { path, channel, whole } of format.frameTexts(frame)) {
      if (!edits.some((edit) => edit.path === channel || edit.path.startsWith(`${channel}/`))) continue
      changes.push({ path, text: whole || !given.has(channel) ? textAt(wanted, channel) : '' })
      if (!whole) given.add(channel)
    }
    const json = frameJson(frame)
    if (!json) return [frame]
    const changed = format.withoutEchoes(replaceTexts(json, changes), from)
    if (changed === json) return [frame]
    return changed ? [withFrameJson(frame, changed)] : []
  })
  verify(assemble(format, rewritten), edits)
  return rewritten
}

function changedFrom(body: JsonObject, edits: readonly TextEdit[]): ChangedFrom {
  const changes = new Map(
    edits.map(({ path, text }) => {
      const before = textAt(body, path)
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

function verify(body: JsonObject, edits: readonly TextEdit[]): void {
  for (const { path, text } of edits) {
    if (valueAt(body, path) !== text) throw new Error(`The stream could not be rewritten at ${path}`)
  }
}

/** Tool arguments stand parsed in some assembled answers, and are streamed as the text that they were parsed from. */
function textAt(body: JsonObject, path: string): string {
  const value = valueAt(body, path)
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function valueAt(body: JsonObject, path: string): Json | undefined {
  let value: Json | undefined = body
  for (const token of path.split('/').slice(1)) {
    const key = token.replaceAll('~1', '/').replaceAll('~0', '~')
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = (value as JsonObject)[key]
  }
  return value
}
