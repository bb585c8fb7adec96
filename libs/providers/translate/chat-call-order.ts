import { isObject, type JsonObject, stringOf } from '../json.ts'
import { isCompleteObject } from './tool-arguments.ts'

/** One call of a stream, with what has come of it. */
export type StreamedCall = {
  /** Its place among the calls. */
  position: number
  index: number | undefined
  id: string
  name: string
  arguments: string
  /** They began with `{}`, which some servers send before the arguments of any call: it counts where nothing else comes. */
  held?: string | undefined
}

export type CallPiece = { call: StreamedCall; isNew: boolean; arguments: string }

/**
 * Distinguishes the calls of a stream as official clients and servers do, each in its way: by index; by id, where several
 * share an index; by order, where a server gives neither. An id, a name or an index that is missing, empty or repeated in
 * later pieces of a call changes nothing.
 */
export function createCallReader(): (piece: JsonObject) => CallPiece {
  const calls: StreamedCall[] = []

  function find({ index, id, name }: { index: number | undefined; id: string; name: string }) {
    const last = calls.findLast((call) => index === undefined || call.index === index)
    if (!last) return undefined
    const isOver = isCompleteObject(last.arguments)
    if (id === '') {
      const isOther = index === undefined && name !== '' && last.name !== name
      return (isOver && name !== '') || isOther ? undefined : last
    }
    const same = calls.findLast(
      (call) => call.id === id && (index === undefined || call.index === undefined || call.index === index),
    )
    // Only a call that begins has a name: without one it goes on, whatever its id is called now.
    return same ?? (name === '' || (last.id === '' && !isOver) ? last : undefined)
  }

  return (piece) => {
    const called = isObject(piece.function) ? piece.function : {}
    const index = typeof piece.index === 'number' ? piece.index : undefined
    const id = typeof piece.id === 'number' ? String(piece.id) : (stringOf(piece.id) ?? '')
    const name = stringOf(called.name) ?? ''
    const text = isObject(called.arguments)
      ? JSON.stringify(called.arguments)
      : (stringOf(called.arguments) ?? '')
    const known = find({ index, id, name })
    const call = known ?? { position: calls.length, index, id, name, arguments: '' }
    if (!known) calls.push(call)
    call.id ||= id
    if (call.held !== undefined && text.trim() !== '') {
      call.held = undefined
      call.arguments = ''
    }
    const isHeld = call.arguments === '' && text.trim() === '{}'
    if (isHeld) call.held = text
    call.arguments += text
    return { call, isNew: !known, arguments: isHeld ? '' : text }
  }
}
