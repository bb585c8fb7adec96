/** What models behind OpenAI's format take, as far as their names say. */
export type ChatTraits = {
  /** Levels of `reasoning_effort`; none where the model refuses the field, or is not known to take it. */
  efforts: readonly string[]
  /** Takes a temperature and `top_p` other than 1. */
  samples: boolean
  /** Output tokens that can be asked for, where more would be refused. */
  maxOutputTokens: number
  /** Wants the reasoning of its earlier responses back while it calls tools. */
  takesReasoning: boolean
}

const efforts = ['low', 'medium', 'high', 'xhigh']
const outputTokens: [models: RegExp, most: number][] = [
  [/^gpt-3\.5|^gpt-4-turbo|^gpt-4-1106|^gpt-4-0125/, 4_096],
  [/^gpt-4(?:-0613)?$|^deepseek-chat$/, 8_192],
  [/^gpt-4o|^chatgpt-4o/, 16_384],
  [/^gpt-4\.1/, 32_768],
]

/** Names stand behind a vendor's on platforms that have many: `openai/gpt-5.1`. */
export function chatTraits(model: unknown): ChatTraits {
  const name = String(model).toLowerCase().split('/').at(-1) ?? ''
  const isOpenaiReasoning =
    /^(?:o[1-9](?!-mini|-preview)|o[3-9]-mini|gpt-[5-9]|codex)/.test(name) && !name.includes('-chat')
  const takesEffort = isOpenaiReasoning || /^(?:gpt-oss|grok-3-mini|gemini-(?:2\.5|[3-9]))/.test(name)
  const knowsXhigh = /^gpt-5\.(?:[2-9]|1-codex-max)|^gpt-[6-9]/.test(name)
  return {
    efforts: takesEffort ? efforts.slice(0, knowsXhigh ? 4 : 3) : [],
    samples: !isOpenaiReasoning,
    maxOutputTokens: outputTokens.find(([models]) => models.test(name))?.[1] ?? Number.POSITIVE_INFINITY,
    takesReasoning: /deepseek|kimi|glm|minimax|mimo/.test(name),
  }
}
