import type { PolicyScope } from './document.ts'

/** What a policy's scope is matched against. */
export type Subject = {
  tenant: string
  /** Every provider that the exchange may go to, the first one first. */
  providers: string[]
  model?: string
  agent?: string
  tags: string[]
  /** The client key. */
  key?: { id: string; name: string }
  /** Fingerprint of the client's credential. */
  credential?: string
  /** Network address of the client. */
  address?: string
  session?: { id: string; named: boolean }
  /** What the client key says of it, and not the client: `tenant`, `agent`, `tags`. */
  verified?: readonly string[]
  /** The MCP server that is called; absent where a model is. */
  server?: string
}

/** A scope names lists; each that is given must match. Models may be globs (`gpt-*`). */
export function inScope(
  scope: PolicyScope,
  { tenant, providers, model, agent, tags, key, server }: Subject,
): boolean {
  return (
    (!scope.tenants || scope.tenants.includes(tenant)) &&
    (!scope.keys || (key !== undefined && scope.keys.some((name) => name === key.name || name === key.id))) &&
    (!scope.providers || providers.some((provider) => scope.providers!.includes(provider))) &&
    (!scope.agents || (agent !== undefined && scope.agents.includes(agent))) &&
    (!scope.tags || scope.tags.some((tag) => tags.includes(tag))) &&
    (!scope.models || (model !== undefined && scope.models.some((glob) => matchesGlob(glob, model)))) &&
    (!scope.servers || (server !== undefined && scope.servers.some((glob) => matchesGlob(glob, server))))
  )
}

/** `*` stands for any run of characters. Linear in the text, whatever the glob. */
export function matchesGlob(glob: string, text: string): boolean {
  const [first = '', ...rest] = glob.split('*')
  if (rest.length === 0) return glob === text
  const last = rest.pop()!
  if (!text.startsWith(first) || text.length < first.length + last.length || !text.endsWith(last))
    return false
  let at = first.length
  for (const part of rest) {
    const found = text.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return at <= text.length - last.length
}
