import type { McpTool } from '@airs-cp/client'
import { type Command, InvalidArgumentError } from 'commander'
import { CommandError } from '../command-error.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { formatInstant, formatNumberOf } from '../format.ts'
import { ingressEndpoint } from '../ingress-endpoint.ts'
import { bridge } from '../mcp/bridge.ts'
import { diffLines } from '../mcp/diff-lines.ts'
import { serveStdio } from '../mcp/serve-stdio.ts'
import { noteActivation } from '../note-activation.ts'
import { printable } from '../printable.ts'
import { formatTable } from '../table.ts'

type ConnectOptions = { session?: string; agent?: string }
type DecisionOptions = { sha256?: string; reason?: string }

export function configureMcp(command: Command, context: Context): void {
  command
    .command('list', { isDefault: true })
    .description('List the MCP servers behind the gateway.')
    .action(() => list(context))
  command
    .command('tools')
    .description('List the tools of a server, and which of them differ from their pinned definition.')
    .argument('<server>', 'its name in AIRS_MCP_FILE')
    .action((server: string) => tools(context, server))
  command
    .command('diff')
    .description('Show what has changed in the definition of a tool since it was pinned.')
    .argument('<server>', 'its name in AIRS_MCP_FILE')
    .argument('<tool>', 'name of the tool')
    .action((server: string, tool: string) => diff(context, server, tool))
  withDecision(command.command('approve'))
    .description('Accept the present definition of a tool: it becomes the pinned one.')
    .action((server: string, tool: string, options: DecisionOptions) =>
      decide(context, 'approve', { server, tool, ...options }),
    )
  withDecision(command.command('refuse'))
    .description(
      'Refuse the present definition of a tool: in mode enforce the tool is neither listed nor called.',
    )
    .action((server: string, tool: string, options: DecisionOptions) =>
      decide(context, 'refuse', { server, tool, ...options }),
    )
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
  command
    .command('run')
    .description(
      'Offer a program that speaks MCP over stdio to the gateway, on a port of this machine, until you interrupt it.',
    )
    .usage('[options] <server> -- <command...>')
    .argument('<server>', 'its name in AIRS_MCP_FILE')
    .argument('<command...>', 'the program and its arguments, after --')
    .option('--port <port>', 'where the gateway finds it; 0: any that is free', readPort, 3200)
    .addHelpText(
      'after',
      '\nAIRS_MCP_TOKEN, where it is set, is what the gateway must present (credentialVariable of AIRS_MCP_FILE). Each session of a client has a run of the program for itself.',
    )
    .action((server: string, program: string[], options: { port: number }) =>
      run(context, server, program, options),
    )
  command.addHelpText('after', '\nCalls of a server are exchanges: airs exchanges --provider mcp:SERVER')
}

function withDecision(command: Command): Command {
  return command
    .argument('<server>', 'its name in AIRS_MCP_FILE')
    .argument('<tool>', 'name of the tool')
    .option(
      '--sha256 <digest>',
      'only if its definition has this digest; default: that of the definition seen last',
    )
    .option('--reason <text>', 'why, for the record')
}

async function list(context: Context): Promise<void> {
  const servers = await context.client().mcp.servers()
  context.result({ servers }, () => {
    if (servers.length === 0) return 'No MCP server is configured. AIRS_MCP_FILE of the ingress names them.'
    const header = ['server', 'tools', 'changed', 'refused', 'address'].map((title) =>
      context.paint('bold', title),
    )
    const rows = servers.map(({ name, tools, changed, refused, urls }) => [
      printable(name),
      ...[tools, changed, refused].map(String),
      urls.map(printable).join(', ') || 'not configured any more',
    ])
    return formatTable([header, ...rows])
  })
}

async function tools(context: Context, server: string): Promise<void> {
  const tools = await context.client().mcp.tools(server)
  context.result({ tools }, () => {
    if (tools.length === 0)
      return `No tool of ${printable(server)} is known; the gateway learns them from tools/list.`
    const header = ['tool', 'state', 'pinned by', 'expected', 'found', 'seen'].map((title) =>
      context.paint('bold', title),
    )
    return formatTable([header, ...tools.map(rowOf)])
  })
  const changed = tools.filter(({ state }) => state === 'changed')
  if (changed.length > 0 && !context.isJson())
    context.note(
      `${formatNumberOf(changed.length, 'tool')} to look at: airs mcp diff ${printable(server)} TOOL, then airs mcp approve or refuse`,
    )
}

function rowOf({ tool, state, pinnedBy, expected, found, foundAt, decidedBy }: McpTool): string[] {
  return [
    printable(tool),
    state === 'changed' ? 'changed, waits for approval' : state,
    pinnedBy === 'approval' ? `approval of ${printable(decidedBy ?? '-')}` : pinnedBy,
    expected?.slice(0, 12) ?? '-',
    found.slice(0, 12),
    formatInstant(foundAt),
  ]
}

/** @throws CommandError where the gateway has not seen it. */
async function findTool(context: Context, server: string, name: string): Promise<McpTool> {
  const tools = await context.client().mcp.tools(server)
  const found = tools.find(({ tool }) => tool === name)
  if (found) return found
  const known = tools.map(({ tool }) => tool).join(', ') || 'none'
  throw new CommandError(
    exitCodes.failed,
    'tool_not_found',
    `No tool ${printable(name)} of MCP server ${printable(server)} is known; known are: ${printable(known)}`,
  )
}

async function diff(context: Context, server: string, name: string): Promise<void> {
  const tool = await findTool(context, server, name)
  const { exchanges } = context.client()
  const read = (exchange: string | null) =>
    exchange === null ? Promise.resolve(null) : exchanges.toolDefinition(exchange, name)
  const [expected, found] = await Promise.all([read(tool.expectedExchange), read(tool.foundExchange)])
  context.result({ ...tool, definitions: { expected, found } }, () => {
    if (found === null) return `The definition of ${printable(name)} is not recorded, or was erased.`
    if (expected === null)
      return `${context.paint('dim', 'The definition that it was pinned to is not recorded; this is the one found last.')}\n${found.split('\n').map(printable).join('\n')}`
    if (expected === found) return `${printable(name)} is defined as it was pinned.`
    return diffLines(expected, found)
      .map(({ kind, text }) => {
        const line = `${kind} ${printable(text)}`
        return kind === ' ' ? line : context.paint(kind === '+' ? 'green' : 'red', line)
      })
      .join('\n')
  })
}

async function decide(
  context: Context,
  decision: 'approve' | 'refuse',
  { server, tool, sha256, reason }: DecisionOptions & { server: string; tool: string },
): Promise<void> {
  const digest = sha256 ?? (await findTool(context, server, tool)).found
  const { ingresses, ...decided } = await context.client().mcp[decision](server, {
    ...{ tool, sha256: digest },
    ...(reason !== undefined && { reason }),
  })
  const done = decision === 'approve' ? 'approved' : 'refused'
  context.result(
    { ...decided, ingresses },
    () => `${printable(server)}/${printable(tool)}: ${done} as ${digest}`,
  )
  noteActivation(context, ingresses)
}

async function run(
  context: Context,
  server: string,
  [program, ...args]: string[],
  { port }: { port: number },
): Promise<void> {
  checkName(server)
  const { io, note } = context
  const { AIRS_MCP_TOKEN: token, ...env } = io.env
  const interrupted = context.interruption()
  const served = await serveStdio({ command: [program!, ...args], env, port, token, note }).catch((error) => {
    throw new CommandError(
      exitCodes.failed,
      'cannot_listen',
      `Cannot listen on port ${port}: ${error.message}; --port names another`,
    )
  })
  context.result({ server, url: served.url }, () =>
    [
      `Serving ${printable(server)} at ${served.url}. In the file that AIRS_MCP_FILE of the ingress names:`,
      '',
      'servers:',
      `  ${server}:`,
      `    url: ${served.url}`,
      ...(token === undefined ? [] : ['    credentialVariable: AIRS_MCP_TOKEN']),
    ].join('\n'),
  )
  if (!interrupted.aborted)
    await new Promise((resolve) => interrupted.addEventListener('abort', resolve, { once: true }))
  await served.close()
}

function readPort(text: string): number {
  const port = Number(text)
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port
  throw new InvalidArgumentError('A port is a number from 0 to 65535.')
}

async function connect(context: Context, server: string, { session, agent }: ConnectOptions): Promise<void> {
  checkName(server)
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

/** @throws CommandError */
function checkName(server: string): void {
  if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(server))
    throw new CommandError(
      exitCodes.usage,
      'invalid_server',
      `"${server}" is no name of an MCP server: lower-case letters, digits and hyphens`,
    )
}
