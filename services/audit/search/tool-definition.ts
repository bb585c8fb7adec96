import { assembledResponse } from '@airs-cp/providers'
import { bodiesOf, type Contents, type ExchangeEvents, recordedBytes } from './recorded-bodies.ts'

const longest = 200_000

/**
 * The definition of a tool in a list that an MCP server has sent, as JSON of a member a line with sorted keys, so that two of
 * them can be compared; without `_meta`, which no model reads. Undefined where it is not in what was recorded.
 */
export function toolDefinitionOf(
  events: ExchangeEvents,
  contents: Contents,
  tool: string,
): string | undefined {
  const { response } = bodiesOf(events)
  const bytes = response && recordedBytes(response, contents)
  const result = bytes && assembledResponse(bytes)?.json.result
  if (!isObject(result) || !Array.isArray(result.tools)) return undefined
  const found = result.tools.find((one) => isObject(one) && one.name === tool)
  if (!isObject(found)) return undefined
  const { _meta, ...definition } = found
  return JSON.stringify(sorted(definition), undefined, 2).slice(0, longest)
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  )
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
