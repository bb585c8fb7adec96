import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Refusal } from '../admission/refusal.ts'
import type { McpSettings } from './server-settings.ts'

const wellKnown = '/.well-known/oauth-protected-resource'
const pathPattern = /^\/\.well-known\/oauth-protected-resource\/mcp\/([a-z0-9][a-z0-9-]{0,62})\/?$/

/** The address of a server at this gateway: what tokens for it are made for (RFC 8707). */
export function resourceOf(
  { headers: { host = 'localhost' } }: Pick<IncomingMessage, 'headers'>,
  publicUrl: string | undefined,
  server: string,
): string {
  return `${publicUrl ?? `http://${host}`}/mcp/${server}`
}

/** `WWW-Authenticate` of a response with status 401: where a client reads how it is authorized (RFC 9728, section 5.1). */
export function challengeOf(
  request: Pick<IncomingMessage, 'headers'>,
  publicUrl: string | undefined,
  server: string,
  { error: { code } }: Refusal,
): string {
  const resource = URL.parse(resourceOf(request, publicUrl, server))
  // A `Host` that is no name of a host.
  if (!resource) return 'Bearer'
  const metadata = `${resource.origin}${wellKnown}${resource.pathname}`
  const reason = code === 'invalid_token' ? ', error="invalid_token"' : ''
  return `Bearer resource_metadata="${metadata}"${reason}`
}

/**
 * Serves the metadata of each server as a protected resource (RFC 9728). False for everything else. Where no issuer is
 * configured it names none: then client keys are presented as bearer tokens, and there is nowhere to get one but here.
 */
export function createResourceMetadata({ servers, publicUrl, authorization }: McpSettings) {
  const names = new Set(servers.map(({ name }) => name))
  return (request: IncomingMessage, response: ServerResponse): boolean => {
    const [path = '/'] = (request.url ?? '/').split('?', 1)
    const name = pathPattern.exec(path)?.[1]
    if (name === undefined || !names.has(name) || (request.method !== 'GET' && request.method !== 'HEAD'))
      return false
    const metadata = {
      resource: resourceOf(request, publicUrl, name),
      resource_name: `MCP server ${name}, through AIRS-CP`,
      bearer_methods_supported: ['header'],
      ...(authorization && {
        authorization_servers: [authorization.issuer],
        ...(authorization.scopes.length > 0 && { scopes_supported: authorization.scopes }),
      }),
    }
    const head = {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'access-control-allow-origin': '*',
    }
    response.writeHead(200, head).end(JSON.stringify(metadata))
    return true
  }
}
