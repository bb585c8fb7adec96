import { isObject, type Json, type JsonObject } from '../json.ts'
import { type ClaudeTraits, claudeTraits, type Effort, efforts } from './claude-models.ts'
import { UntranslatableError } from './untranslatable-error.ts'

/** The fields of an Anthropic request that depend on its model and on each other. */
export type Reasoning = {
  thinking: JsonObject | undefined
  effort: Effort | undefined
  temperature: Json | undefined
  top_p: Json | undefined
  top_k: Json | undefined
}

/** Tokens of thinking for each effort, for models that want a number of them. */
const budgets: Record<Effort, number> = {
  low: 2_048,
  medium: 8_192,
  high: 16_384,
  xhigh: 24_576,
  max: 31_999,
}
/** The least that Anthropic takes. */
const leastBudget = 1_024
/** The least `top_p` that Anthropic takes while a model thinks. */
const leastTopPThinking = 0.95
/** OpenAI's go up to 2. */
const highestTemperature = 1

/**
 * Reasoning effort and sampling, as far as the model takes them together with the rest of the request. How deep a model
 * thinks and how it samples are hints: where the provider refuses a combination, the hint is left out and named.
 */
export function reasoning({
  request,
  forcesTool,
  continuesCall,
  maxTokens,
  ignored,
}: {
  request: JsonObject
  /** The request forces a tool call; no model thinks before one. */
  forcesTool: boolean
  /** The conversation ends with the result of a tool call, whose thinking this client does not have. */
  continuesCall: boolean
  maxTokens: Json
  ignored: string[]
}): Reasoning {
  const traits = claudeTraits(request.model)
  if (forcesTool && !traits.forcesTools) {
    throw new UntranslatableError('tool_choice', `${String(request.model)} cannot be forced to call a tool`)
  }
  const { asked, field } = askedBy(request)
  const wanted =
    asked === undefined || asked === 'none' || forcesTool || (traits.thinking === 'budget' && continuesCall)
      ? undefined
      : thinkingOf(asked, traits, maxTokens)
  const isOff = wanted === undefined && (asked === 'none' || forcesTool)
  const isLeftOut = asked === 'none' ? traits.thinkingOff === 'never' : asked !== undefined && !wanted
  if (isLeftOut) ignored.push(field)
  return {
    thinking: wanted ?? (isOff ? switchedOff(traits, asked === 'none') : undefined),
    effort: effort(asked === 'none' ? (isLeftOut ? 'low' : undefined) : asked, traits, isOff),
    ...sampling(request, traits, wanted !== undefined, ignored),
  }
}

/**
 * How much a model is to think, as clients say it: OpenAI's `reasoning_effort`; OpenRouter's `reasoning`; and `thinking` as clients of
 * Claude models send it along with OpenAI's format, in which a budget is a hint like an effort.
 */
function askedBy({ reasoning_effort, reasoning: routed, thinking }: JsonObject): {
  asked: Effort | 'none' | undefined
  field: string
} {
  if (reasoning_effort !== undefined && reasoning_effort !== null)
    return { asked: effortOf(reasoning_effort), field: 'reasoning_effort' }
  if (isObject(routed)) {
    const { effort: level, max_tokens, enabled } = routed
    const asked =
      enabled === false
        ? 'none'
        : (effortOf(level) ?? effortOfBudget(max_tokens) ?? (enabled ? 'medium' : undefined))
    return { asked, field: 'reasoning' }
  }
  if (!isObject(thinking)) return { asked: undefined, field: 'thinking' }
  const asked = thinking.type === 'disabled' ? 'none' : (effortOfBudget(thinking.budget_tokens) ?? 'high')
  return { asked, field: 'thinking' }
}

function effortOfBudget(tokens: Json | undefined): Effort | undefined {
  if (typeof tokens !== 'number') return undefined
  return efforts.findLast((level) => budgets[level] <= tokens) ?? 'low'
}

function effortOf(value: Json | undefined): Effort | 'none' | undefined {
  if (value === undefined || value === null) return undefined
  if (value === 'none') return value
  if (value === 'minimal') return 'low'
  const effort = efforts.find((known) => known === value)
  if (effort) return effort
  const known = ['none', 'minimal', ...efforts].join(', ')
  throw new UntranslatableError('reasoning_effort', `it must be one of ${known} there`)
}

/** @returns undefined where the model cannot think, or not within so few tokens. */
function thinkingOf(effort: Effort, { thinking }: ClaudeTraits, maxTokens: Json): JsonObject | undefined {
  if (thinking === 'adaptive') return { type: 'adaptive' }
  if (thinking === 'none' || typeof maxTokens !== 'number') return undefined
  const budget_tokens = Math.min(budgets[effort], Math.max(leastBudget, Math.floor(maxTokens / 2)))
  return budget_tokens < maxTokens ? { type: 'enabled', budget_tokens } : undefined
}

function switchedOff(
  { thinkingOff, thinksByDefault }: ClaudeTraits,
  isAsked: boolean,
): JsonObject | undefined {
  const isNeeded = isAsked || thinksByDefault
  return isNeeded && (thinkingOff === 'disabled' || thinkingOff === 'between_tools')
    ? { type: thinkingOff }
    : undefined
}

/** The highest level that the model knows and that is not above the one asked for; above `high` no model is without thinking. */
function effort(asked: Effort | undefined, traits: ClaudeTraits, isOff: boolean): Effort | undefined {
  if (asked === undefined) return undefined
  const most = isOff ? Math.min(efforts.indexOf(asked), efforts.indexOf('high')) : efforts.indexOf(asked)
  return traits.efforts.findLast((level) => efforts.indexOf(level) <= most)
}

function sampling(
  request: JsonObject,
  { sampling: taken }: ClaudeTraits,
  thinks: boolean,
  ignored: string[],
): Pick<Reasoning, 'temperature' | 'top_p' | 'top_k'> {
  let temperature = request.temperature ?? undefined
  let top_p = request.top_p ?? undefined
  let top_k = request.top_k ?? undefined
  const leaveOut = (field: 'temperature' | 'top_p' | 'top_k', value: Json | undefined) => {
    if (value !== undefined && value !== 1) ignored.push(field)
    return undefined
  }
  if (taken === 'none' || thinks) temperature = leaveOut('temperature', temperature)
  if (taken === 'none' || thinks) top_k = leaveOut('top_k', top_k)
  if (taken === 'none' || (thinks && (typeof top_p !== 'number' || top_p < leastTopPThinking)))
    top_p = leaveOut('top_p', top_p)
  if (typeof temperature === 'number' && temperature > 1) {
    ignored.push('temperature')
    temperature = highestTemperature
  }
  if (taken === 'one' && temperature !== undefined && top_p !== undefined) {
    if (temperature === 1) temperature = undefined
    else top_p = leaveOut('top_p', top_p)
  }
  return { temperature, top_p, top_k }
}
