import type { McpFacts } from '../evaluation-context.ts'
import { matchesGlob } from '../scope.ts'

export type McpFindingType = 'TOOL_NOT_ALLOWED' | 'TOOL_DENIED' | 'TOOL_DRIFTED'

/** What a policy says about tools of MCP servers, as it is written. */
export type McpRuleDocument = {
  default: 'allow' | 'deny'
  allow?: string[] | undefined
  deny?: string[] | undefined
  onDrift: 'allow' | 'block'
}

/** What is wrong with a call of a tool. @param allowed globs of all policies in force that name tools. */
export function judgeMcpTool(
  rule: McpRuleDocument,
  { server, tool, isDrifted }: McpFacts,
  allowed: readonly string[],
): McpFindingType | undefined {
  const isNamed = (globs: readonly string[]) => globs.some((glob) => names(glob, server, tool))
  if (rule.deny && isNamed(rule.deny)) return 'TOOL_DENIED'
  if (rule.onDrift === 'block' && isDrifted) return 'TOOL_DRIFTED'
  return rule.default === 'deny' && !isNamed(allowed) ? 'TOOL_NOT_ALLOWED' : undefined
}

/** `SERVER/TOOL`, or the tool's name alone for that of any server. */
function names(glob: string, server: string, tool: string): boolean {
  return matchesGlob(glob, glob.includes('/') ? `${server}/${tool}` : tool)
}
