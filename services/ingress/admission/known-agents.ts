import type { IncomingHttpHeaders } from 'node:http'

type KnownAgent = { name: string; userAgent: RegExp; sessionHeader?: string }

/** Coding agents, by how they introduce themselves, and the header in which they name their session. */
const agents: readonly KnownAgent[] = [
  { name: 'claude-code', userAgent: /^claude-cli\//, sessionHeader: 'x-claude-code-session-id' },
  { name: 'codex', userAgent: /^codex[_-]\w+\//, sessionHeader: 'session-id' },
  { name: 'gemini-cli', userAgent: /^GeminiCLI[-/]/ },
]

/** Which agent sends a request, and in which of its sessions; for clients that do not say so in headers of ours. */
export function knownAgent(headers: IncomingHttpHeaders): { agent?: string; session?: string } {
  const userAgent = headers['user-agent'] ?? ''
  const known = agents.find((agent) => agent.userAgent.test(userAgent))
  if (!known) return {}
  const session = known.sessionHeader && headers[known.sessionHeader]?.toString()
  return { agent: known.name, ...(session && /^[\w.:-]{8,128}$/.test(session) && { session }) }
}
