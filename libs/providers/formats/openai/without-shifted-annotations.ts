import { isObject, type Json, type JsonObject, listOf } from '../../json.ts'
import { pointer } from '../../text-part.ts'
import type { ChangedFrom } from '../../wire-format.ts'

/**
 * An OpenAI response, or a frame's data, without the annotations (citations of pages and files) that point to a place
 * behind a change of their text, since something else stands there now. Undefined where nothing of a frame is left.
 */
export function withoutShiftedAnnotations(
  body: JsonObject,
  changedFrom: ChangedFrom,
): JsonObject | undefined {
  if (Array.isArray(body.choices))
    return withList(body, 'choices', (choice, position) => {
      const index = typeof choice.index === 'number' ? choice.index : position
      const from = changedFrom(pointer('/choices', index, 'message', 'content'))
      return within(
        within(choice, 'delta', (it) => unshifted(it, from)),
        'message',
        (it) => unshifted(it, from),
      )
    })
  if (isObject(body.response)) return within(body, 'response', (it) => withOutput(it, changedFrom))
  if (typeof body.type !== 'string') return withOutput(body, changedFrom)
  const item = pointer('/output', Number(body.output_index ?? 0))
  if (isObject(body.item)) return within(body, 'item', (it) => withContent(it, item, changedFrom))
  const from = changedFrom(pointer(item, 'content', Number(body.content_index ?? 0), 'text'))
  if (body.annotation !== undefined) return isShifted(body.annotation, from) ? undefined : body
  return within(body, 'part', (part) => unshifted(part, from))
}

function withOutput(body: JsonObject, changedFrom: ChangedFrom): JsonObject {
  return withList(body, 'output', (item, index) => withContent(item, pointer('/output', index), changedFrom))
}

function withContent(item: JsonObject, path: string, changedFrom: ChangedFrom): JsonObject {
  return withList(item, 'content', (part, index) =>
    unshifted(part, changedFrom(pointer(path, 'content', index, 'text'))),
  )
}

function unshifted(holder: JsonObject, from: number | undefined): JsonObject {
  if (from === undefined || !Array.isArray(holder.annotations)) return holder
  const annotations = listOf(holder.annotations).filter((annotation) => !isShifted(annotation, from))
  return annotations.length === holder.annotations.length ? holder : { ...holder, annotations }
}

/** Places stand in the annotation, or in an object of it that is named for its type. */
function isShifted(annotation: Json | undefined, from: number | undefined): boolean {
  if (from === undefined || !isObject(annotation)) return false
  return [annotation, ...Object.values(annotation)].some(
    (place) => isObject(place) && typeof place.end_index === 'number' && place.end_index > from,
  )
}

function within(body: JsonObject, field: string, change: (inner: JsonObject) => JsonObject): JsonObject {
  const inner = body[field]
  if (!isObject(inner)) return body
  const changed = change(inner)
  return changed === inner ? body : { ...body, [field]: changed }
}

function withList(
  body: JsonObject,
  field: string,
  change: (element: JsonObject, index: number) => JsonObject,
): JsonObject {
  const list = body[field]
  if (!Array.isArray(list)) return body
  const changed = list.map((element, index) => (isObject(element) ? change(element, index) : element))
  return changed.some((element, index) => element !== list[index]) ? { ...body, [field]: changed } : body
}
