import { isObject, type Json, type JsonObject } from '../../json.ts'
import { checkFields } from '../check-fields.ts'
import { UntranslatableError } from '../untranslatable-error.ts'

const levels = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const
type Level = (typeof levels)[number]

/** How a Gemini model is asked to think: with a level since version 3, with a budget of tokens in 2.5, not at all before. */
type Thinking = { by: 'level'; least: Level } | { by: 'budget'; least: number } | { by: 'nothing' }

/** https://ai.google.dev/gemini-api/docs/thinking; a name that is not recognised is asked for nothing. */
function thinkingOf(model: unknown): Thinking {
  const name = String(model)
  const version = Number(/gemini-(\d+(?:\.\d+)?)/.exec(name)?.[1] ?? 0)
  if (version >= 3 || /gemini-(?:flash|pro)(?:-lite)?-latest/.test(name))
    return { by: 'level', least: name.includes('pro') ? 'low' : 'minimal' }
  if (version >= 2.5) return { by: 'budget', least: name.includes('pro') ? 128 : 0 }
  return { by: 'nothing' }
}

const budgets: Record<Level, number> = {
  none: 0,
  minimal: 1_024,
  low: 1_024,
  medium: 8_192,
  high: 24_576,
  xhigh: 24_576,
  max: 24_576,
}

/** `reasoning_effort` as Gemini's `thinkingConfig`, with the levels and budgets of Google's own endpoint in OpenAI's format. */
export function thinkingConfig(
  effort: Json | undefined,
  model: unknown,
  ignored: string[],
): JsonObject | undefined {
  if (effort === undefined || effort === null) return undefined
  const wanted = levels.find((level) => level === effort)
  if (wanted === undefined)
    throw new UntranslatableError('reasoning_effort', `it is none of ${levels.join(', ')}`)
  const thinking = thinkingOf(model)
  if (thinking.by === 'nothing') {
    ignored.push('reasoning_effort')
    return undefined
  }
  const includeThoughts = wanted === 'none' ? undefined : true
  if (thinking.by === 'budget')
    return { thinkingBudget: Math.max(budgets[wanted], thinking.least), includeThoughts }
  const index = Math.max(levels.indexOf(wanted), levels.indexOf(thinking.least))
  return { thinkingLevel: levels[Math.min(index, levels.indexOf('high'))], includeThoughts }
}

/** From which budget on a model is asked for an effort. */
const effortOfBudget: [tokens: number, effort: string][] = [
  [16_000, 'high'],
  [4_000, 'medium'],
  [1, 'low'],
]

/** Gemini's `thinkingConfig` as `reasoning_effort`; a budget of 0 and one that the model chooses itself ask for nothing. */
export function effortOfThinking(
  config: Json | undefined,
  efforts: readonly string[],
  ignored: string[],
): string | undefined {
  if (!isObject(config)) return undefined
  const path = 'generationConfig.thinkingConfig'
  checkFields(
    config,
    path,
    { translated: ['thinkingBudget', 'thinkingLevel'], ignored: ['includeThoughts'] },
    ignored,
  )
  const { thinkingBudget, thinkingLevel } = config
  const level = String(thinkingLevel ?? '').toLowerCase()
  const named = level === 'minimal' ? 'low' : levels.find((one) => one === level)
  const byBudget =
    typeof thinkingBudget === 'number'
      ? effortOfBudget.find(([tokens]) => thinkingBudget >= tokens)?.[1]
      : undefined
  const wanted = named ?? byBudget
  if (wanted === undefined) return undefined
  if (efforts.includes(wanted)) return wanted
  ignored.push(`${path}.${named === undefined ? 'thinkingBudget' : 'thinkingLevel'}`)
  return undefined
}
