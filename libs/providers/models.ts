import { isObject, type JsonObject, objectsOf, stringOf } from './json.ts'
import type { ProviderKind } from './upstream/provider-kind.ts'

/** A model as OpenAI's list has it; a provider's further fields stay. */
export type ModelEntry = JsonObject & { id: string; object: 'model'; created: number; owned_by: string }

/** The models in a provider's response to `GET /v1/models`, in OpenAI's shape; anything that is no model is passed over. */
export function readModels(kind: ProviderKind, body: unknown): ModelEntry[] {
  if (!isObject(body)) return []
  return [...objectsOf(kind === 'gemini' ? body.models : body.data)].flatMap(
    ([, model]) => readModel(kind, model) ?? [],
  )
}

/** A provider's model in OpenAI's shape; undefined where it is none. */
export function readModel(kind: ProviderKind, model: unknown): ModelEntry | undefined {
  if (!isObject(model)) return undefined
  if (kind === 'gemini' && typeof model.name === 'string')
    return modelEntry(model.name.replace(/^models\//, ''), 'google')
  const id = stringOf(model.id)
  if (id === undefined) return undefined
  if (kind === 'anthropic') return modelEntry(id, 'anthropic', secondsOf(model.created_at))
  return { ...model, ...modelEntry(id, stringOf(model.owned_by) ?? kind, numberOf(model.created)) }
}

/** An entry of our own, for a name that a route gives to a model. */
export function modelEntry(id: string, ownedBy: string, createdSeconds = 0): ModelEntry {
  return { id, object: 'model', created: createdSeconds, owned_by: ownedBy }
}

/** One list of several; a model that several providers have is listed as the first of them has it. */
export function mergeModels(lists: readonly (readonly ModelEntry[])[]): ModelEntry[] {
  const byId = new Map<string, ModelEntry>()
  for (const entry of lists.flat()) if (!byId.has(entry.id)) byId.set(entry.id, entry)
  return [...byId.values()]
}

/** The response to `GET /v1/models` for OpenAI's clients. */
export function openaiModelList(entries: readonly ModelEntry[]): JsonObject {
  return { object: 'list', data: [...entries] }
}

/** The response to `GET /v1/models` for Anthropic's clients, which send an `anthropic-version`. */
export function anthropicModelList(entries: readonly ModelEntry[]): JsonObject {
  const data = entries.map(anthropicModel)
  return { data, has_more: false, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null }
}

export function anthropicModel({ id, created }: ModelEntry): JsonObject & { id: string } {
  return { type: 'model', id, display_name: id, created_at: new Date(created * 1000).toISOString() }
}

function numberOf(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0
}

function secondsOf(value: unknown): number {
  const ms = Date.parse(stringOf(value) ?? '')
  return Number.isNaN(ms) ? 0 : Math.floor(ms / 1000)
}
