import type { Command } from 'commander'
import { CommandError } from '../command-error.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { ingressEndpoint } from '../ingress-endpoint.ts'
import { bridge } from '../mcp/bridge.ts'

type ConnectOptions = { session?: string; agent?: string }

export function configureMcp(command: Command, context: Context): void {
  command
    .command('connect')
    .description(
      'Connect a client that only speaks stdio to an MCP server behind the gateway. Clients start this command; it ends with its input.',
    )
    .argument('<server>', 'its name in AIRS_MCP_FILE')
    .option('--session <id>', 'the session that its calls belong to (X-Session-ID)')
    .option('--agent <name>', 'who calls (X-AIRS-Agent)')
    .addHelpText(
      'after',
      '\nThe gateway is at AIRS_ENDPOINT; where that is not set, at the address that AIRS-CP reports. AIRS_KEY is the client key, where one is needed.',
    )
    .action((server: string, options: ConnectOptions) => connect(context, server, options))
}

async function connect(context: Context, server: string, { session, agent }: ConnectOptions): Promise<void> {
  if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(server))
    throw new CommandError(
      exitCodes.usage,
      'invalid_server',
      `"${server}" is no name of an MCP server: lower-case letters, digits and hyphens`,
    )
  const { io, note } = context
  const endpoint = await ingressEndpoint(context)
  const { AIRS_KEY: key } = io.env
  await bridge({
    url: `${endpoint}/mcp/${server}`,
    headers: {
      ...(key && { authorization: `Bearer ${key}` }),
      ...(session !== undefined && { 'x-session-id': session }),
      ...(agent !== undefined && { 'x-airs-agent': agent }),
    },
    input: io.stdin,
    output: io.stdout,
    note,
  })
}
