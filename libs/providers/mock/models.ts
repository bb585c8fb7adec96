import type { JsonObject } from '../json.ts'

const models = ['mock', 'mock-embedding'].map((id) => ({
  id,
  object: 'model',
  created: 1_700_000_000,
  owned_by: 'airs-cp',
}))

/** Models that the mock provider lists. It accepts any name: an app that asks for `gpt-4o` can be tried unchanged. */
export function mockModels(): JsonObject {
  return { object: 'list', data: models }
}

export function mockModel(id: string): JsonObject | undefined {
  return models.find((model) => model.id === id)
}
