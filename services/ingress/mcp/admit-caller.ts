import type { ClientKey } from '@airs-cp/events'
import type { KeyPolicy } from '../admission/admit-client.ts'
import { createKeyAccounts, unknownKey } from '../admission/client-keys.ts'
import { Refusal } from '../admission/refusal.ts'
import type { Control } from '../controls/follow-controls.ts'
import type { ClientKeys } from '../controls/key-index.ts'
import type { KeyUsage } from '../controls/key-usage.ts'
import type { Exchange } from '../exchange.ts'
import type { McpServer } from './servers.ts'
import type { TokenIdentity } from './verify-token.ts'

/**
 * Who may call tools. A server with callers, or with a credential of its own where the port is not open, needs a client key.
 * @returns the name by which policies know the caller; empty for one that nobody knows.
 */
export type AdmitCaller = (
  exchange: Exchange,
  server: McpServer,
  key: ClientKey | undefined,
  identity: TokenIdentity | undefined,
) => string

export function createCallerAdmission(
  {
    keys: { current: keys, version },
    usage,
  }: {
    keys: Pick<Control<ClientKeys>, 'current' | 'version'>
    usage: KeyUsage
  },
  policy: KeyPolicy,
  needsIdentity: boolean,
): AdmitCaller {
  const accounts = createKeyAccounts(usage)
  const isOpen = () => policy === 'optional' || (policy === 'until-first' && !keys()?.count && !version())
  return (exchange, server, key, identity) => {
    const { callers, headers, name } = server
    const needsKey =
      needsIdentity || callers !== undefined || policy === 'required' || (!isOpen() && hasCredential(headers))
    if (!key && identity) {
      if (callers && !callers.includes(identity.user))
        throw new Refusal(403, 'server_not_allowed', `"${identity.user}" may not use MCP server ${name}`)
      return identity.user
    }
    if (!key) {
      if (needsKey) throw unknownKey(exchange)
      return ''
    }
    if (callers && !callers.includes(key.name) && !callers.includes(key.keyId))
      throw new Refusal(403, 'server_not_allowed', `Key "${key.name}" may not use MCP server ${name}`)
    accounts.admit(key, { model: undefined, providers: [server.provider], needsNoModel: true })
    return key.name
  }
}

function hasCredential(headers: McpServer['headers']): boolean {
  return Object.keys(headers).length > 0
}
