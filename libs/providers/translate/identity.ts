import { randomUUID } from 'node:crypto'
import { type JsonObject, stringOf } from '../json.ts'
import type { ResponseOptions } from './translator.ts'

/** Id and model of a response, which official clients need and some servers leave out. */
export function identityOf(
  { id, model }: JsonObject,
  prefix: 'msg_' | 'chatcmpl-',
  { model: asked }: ResponseOptions,
): { id: string; model: string } {
  const given = typeof id === 'number' ? String(id) : stringOf(id)
  return {
    id: given || `${prefix}${randomUUID().replaceAll('-', '')}`,
    model: stringOf(model) || asked || 'unknown',
  }
}
