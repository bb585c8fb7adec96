import { createHash } from 'node:crypto'
import type { Json } from '../json.ts'

/** OpenAI takes 64 characters of a user's id, compatible servers up to 128. */
const openaiLength = 64
const anthropicLength = 256
/** Anthropic refuses ids that look like an address or a telephone number. */
const personal = /@|^\+?[\d\s().-]{7,}$/

/** A user's id for OpenAI's format; a digest, always the same, in place of one that is too long. */
export function openaiUserId(id: Json): Json {
  return typeof id === 'string' && id.length > openaiLength ? digest(id) : id
}

/** A user's id for Anthropic; a digest, always the same, in place of one that would be refused. */
export function anthropicUserId(id: Json): Json {
  return typeof id === 'string' && (id.length > anthropicLength || personal.test(id)) ? digest(id) : id
}

function digest(id: string): string {
  return createHash('sha256').update(id).digest('hex')
}
