import type { ProviderConfig } from './provider-config.ts'

const route = /\/(?:chat\/completions|completions|responses|embeddings|messages|models)\/?$/

/**
 * What is probably wrong with a base URL at which there is no API: every client appends its path to it. Undefined where
 * nothing can be said.
 */
export function baseUrlProblem({
  kind,
  baseUrl,
}: Pick<ProviderConfig, 'kind' | 'baseUrl'>): { problem: string; suggestion: string } | undefined {
  const { pathname, origin } = new URL(baseUrl)
  const path = pathname.replace(/(?<!\/)\/+$/, '')
  const named = route.exec(path)
  if (named)
    return { problem: `it ends with the route ${named[0]}`, suggestion: origin + path.slice(0, named.index) }
  if (/\/v1\/v1$/.test(path))
    return { problem: 'it has /v1 twice', suggestion: origin + path.slice(0, -'/v1'.length) }
  if (kind !== 'anthropic' && kind !== 'azure' && kind !== 'gemini' && !/\/v\d/.test(path))
    return { problem: 'it may lack /v1', suggestion: `${origin}${path}/v1` }
  return undefined
}
