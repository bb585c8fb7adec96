import { createHash } from 'node:crypto'

/** Names of tools as they go to a provider, and back. */
export type ToolNames = {
  toProvider(name: string): string
  /** Provider's name → client's, of those that differ. */
  renamed: ReadonlyMap<string, string>
}

const letters = /^[a-zA-Z0-9_-]+$/
/** Gemini's names begin with a letter or `_`. */
export const geminiToolName = /^[a-zA-Z_][a-zA-Z0-9_-]*$/

/**
 * All formats take letters, digits, `_` and `-` in the name of a tool, OpenAI and Gemini 64 of them and Anthropic 128; compatible
 * servers and tools of MCP servers have others. Such a name gets the characters that are allowed and a digest, so that two
 * names stay two.
 */
export function createToolNames(maxLength: number, allowed: RegExp = letters): ToolNames {
  const renamed = new Map<string, string>()
  return {
    renamed,
    toProvider(name) {
      if (name.length <= maxLength && allowed.test(name)) return name
      const digest = createHash('sha256').update(name).digest('hex').slice(0, 8)
      const readable = name.replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, maxLength - digest.length - 1)
      const begun = allowed.test(`${readable}_`) ? readable : `_${readable.slice(1)}`
      const short = `${begun}_${digest}`
      renamed.set(short, name)
      return short
    },
  }
}
