/**
 * Output tokens to ask Anthropic for, which needs a limit, where an OpenAI client names none and means as many as
 * there can be: what every model of the family can give, up to 32,000.
 */
export function defaultMaxTokens(model: string | undefined): number {
  if (model === undefined || !model.startsWith('claude-')) return 8_192
  if (/^claude-3-[57]-/.test(model)) return 8_192
  return /^claude-(?:[12]|3|instant)-/.test(model) ? 4_096 : 32_000
}
