import type { TextCollector } from '../../collect-texts.ts'
import type { JsonObject } from '../../json.ts'

/** Strings beside the conversation that go to OpenAI with it and in which apps put names and addresses of people. */
export function collectRequestLabels(collector: TextCollector, body: JsonObject): void {
  const context = { role: 'unknown', kind: 'text' } as const
  for (const field of ['user', 'safety_identifier', 'prompt_cache_key'] as const) {
    collector.text(body[field], `/${field}`, context)
  }
  collector.every(body.metadata, '/metadata', context)
}
