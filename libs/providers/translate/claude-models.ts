/** What a Claude model takes besides the fields that all of them take. */
export type ClaudeTraits = {
  /**
   * How it is asked to think: not at all, with a budget of tokens, or adaptively.
   * https://platform.claude.com/docs/en/build-with-claude/adaptive-thinking
   */
  thinking: 'none' | 'budget' | 'adaptive'
  /** How thinking is switched off: by leaving the field out, with a type, or not at all. */
  thinkingOff: 'omitted' | 'disabled' | 'between_tools' | 'never'
  /** It thinks where the request does not say. */
  thinksByDefault: boolean
  /** Levels of `output_config.effort`, lowest first. */
  efforts: readonly Effort[]
  /** `any` refuses nothing, `one` takes temperature or top_p but not both, `none` only their defaults. */
  sampling: 'any' | 'one' | 'none'
  /** Takes a `tool_choice` that forces a call. */
  forcesTools: boolean
}

export const efforts = ['low', 'medium', 'high', 'xhigh', 'max'] as const
export type Effort = (typeof efforts)[number]

/** A model that is not recognised, such as one of a compatible server, is asked as the format documents it. */
const unknown: ClaudeTraits = {
  thinking: 'adaptive',
  thinkingOff: 'disabled',
  thinksByDefault: false,
  efforts,
  sampling: 'any',
  forcesTools: true,
}

/**
 * The traits of a model by its name, in any of the forms that platforms give it: `claude-opus-4-1-20250805`,
 * `claude-3-7-sonnet-latest`, `anthropic/claude-sonnet-4.5`, `us.anthropic.claude-haiku-4-5-20251001-v1:0`. A version
 * that is yet to come is taken for one like the latest known of its family.
 */
export function claudeTraits(model: unknown): ClaudeTraits {
  const named = typeof model === 'string' ? readName(model) : undefined
  if (!named) return unknown
  const { family, version } = named
  const isLarge = family === 'fable' || family === 'mythos'
  if (version < 3.7 && !isLarge) return { ...unknown, thinking: 'none', thinkingOff: 'omitted', efforts: [] }
  if (version < 4.6 && !isLarge) {
    return {
      ...unknown,
      thinking: 'budget',
      thinkingOff: 'omitted',
      efforts: family === 'opus' && version >= 4.5 ? efforts.slice(0, 3) : [],
      sampling: version >= 4.1 ? 'one' : 'any',
    }
  }
  if (version < 4.7 && !isLarge) {
    const withoutXhigh = efforts.filter((effort) => effort !== 'xhigh')
    return { ...unknown, thinkingOff: 'omitted', efforts: withoutXhigh, sampling: 'one' }
  }
  const thinkingOff = offOf(family, version)
  return {
    thinking: 'adaptive',
    thinkingOff,
    thinksByDefault: thinkingOff !== 'omitted',
    efforts,
    sampling: 'none',
    forcesTools: thinkingOff === 'omitted' || thinkingOff === 'disabled',
  }
}

function offOf(family: string, version: number): ClaudeTraits['thinkingOff'] {
  if (family === 'fable' || family === 'mythos') return 'never'
  if (version < 5) return 'omitted'
  if (version < 5.5 || family === 'haiku') return 'disabled'
  return family === 'sonnet' ? 'between_tools' : 'never'
}

/** The family stands before the version since Claude 4, behind it before. */
function readName(model: string): { family: string; version: number } | undefined {
  const newer = /claude-([a-z]+)-(\d{1,2})(?:[.-](\d{1,2}))?(?![\d.])/.exec(model)
  const older = newer ? null : /claude-(\d)(?:[.-](\d))?(?:-([a-z]+))?(?![\d.])/.exec(model)
  if (newer) return { family: newer[1]!, version: versionOf(newer[2], newer[3]) }
  if (older) return { family: older[3] ?? '', version: versionOf(older[1], older[2]) }
  if (/claude-instant/.test(model)) return { family: 'instant', version: 1 }
  const preview = /claude-(fable|mythos)/.exec(model)
  return preview ? { family: preview[1]!, version: 5 } : undefined
}

function versionOf(major: string | undefined, minor: string | undefined): number {
  return Number(major) + Number(minor ?? 0) / 10
}
