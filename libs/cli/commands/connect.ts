import { Argument, type Command } from 'commander'
import { CommandError } from '../command-error.ts'
import { type ClientRecipe, clientRecipes, type Setting } from '../connect/clients.ts'
import { probeClient } from '../connect/probe-client.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { ingressEndpoint } from '../ingress-endpoint.ts'
import { printable } from '../printable.ts'

type Options = { endpoint?: string; check?: boolean; key?: string }

export function configureConnect(command: Command, context: Context): void {
  command
    .description('Print exactly what to set so that a client talks with its provider through AIRS-CP.')
    .addArgument(
      new Argument('[client]', 'which client; without it all are listed').choices(
        clientRecipes.map(({ name }) => name),
      ),
    )
    .option(
      '--endpoint <url>',
      'the address at which clients reach the ingress (default: AIRS_ENDPOINT, else where AIRS-CP says that it is)',
    )
    .option('--key <key>', 'a client key, which goes in X-AIRS-Key beside the client’s own login')
    .option(
      '--check',
      'send a request that costs nothing through the ingress, with the credential in the environment',
    )
    .action((name: string | undefined, options: Options) => connect(context, name, options))
}

async function connect(context: Context, name: string | undefined, options: Options): Promise<void> {
  const recipe = clientRecipes.find((one) => one.name === name)
  if (!recipe) {
    context.result({ clients: clientRecipes.map(({ name, what }) => ({ name, what })) }, () =>
      clientRecipes.map(({ name, what }) => `${name.padEnd(18)}${what}`).join('\n'),
    )
    return
  }
  const { env } = context.io
  const ingress = (options.endpoint || (await ingressEndpoint(context)))
    .replace(/(?<!\/)\/+$/, '')
    .replace(/\/v1$/, '')
  const settings = recipe.settings(ingress, options.key)
  const checked = options.check ? await check(ingress, recipe, options, env) : undefined
  context.result(
    { client: recipe.name, ingress, settings, notes: recipe.notes, ...(checked && { check: checked }) },
    () =>
      [
        ...settings.map((setting) => settingText(setting)),
        recipe.notes.join('\n'),
        ...(checked ? [checkText(checked)] : []),
      ].join('\n\n'),
  )
  if (checked && !checked.isAccepted)
    throw new CommandError(
      exitCodes.failed,
      'check_failed',
      `${recipe.what} would not work: ${printable(checked.detail)}`,
    )
}

async function check(ingress: string, recipe: ClientRecipe, { key }: Options, env: NodeJS.ProcessEnv) {
  try {
    return await probeClient(ingress, recipe.probe(env), key)
  } catch (error) {
    const { cause, message } = error as Error & { cause?: { code?: string } }
    throw new CommandError(
      exitCodes.unreachable,
      'ingress_unreachable',
      `The ingress at ${ingress} cannot be reached (${cause?.code ?? message}). Start it, or give --endpoint.`,
    )
  }
}

function settingText({ where, place, lines }: Setting): string {
  if (where === 'environment') return lines.map((line) => `export ${quoted(line)}`).join('\n')
  return `# ${place}\n${lines.join('\n')}`
}

/** A value with a space in it needs quotes in a shell. */
function quoted(line: string): string {
  const at = line.indexOf('=')
  const value = line.slice(at + 1)
  return /[^\w:/.,@%+-]/.test(value) ? `${line.slice(0, at)}='${value.replaceAll("'", "'\\''")}'` : line
}

function checkText({
  isAccepted,
  status,
  exchange,
  detail,
}: Awaited<ReturnType<typeof probeClient>>): string {
  const recorded = exchange === undefined ? 'not recorded' : `recorded as exchange ${exchange}`
  return isAccepted
    ? `ok: the provider responded through AIRS-CP with status ${status}; ${recorded}`
    : `FAILED: status ${status}, ${recorded}: ${printable(detail)}`
}
