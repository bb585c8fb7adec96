import type { ApplyOptions, ChangeOptions, PolicyDiff, PolicyVersion } from '@airs-cp/client'
import { type Command, InvalidArgumentError } from 'commander'
import { configureBacktest } from '../backtest.ts'
import { CommandError } from '../command-error.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { formatInstant } from '../format.ts'
import { namingPolicyFile } from '../name-policy-file.ts'
import { noteActivation } from '../note-activation.ts'
import { printable, printableLines } from '../printable.ts'
import { readInput } from '../read-input.ts'
import { formatTable } from '../table.ts'

const fileHelp = 'one or several policy documents; - for standard input'

export function configurePolicy(command: Command, context: Context): void {
  command
    .command('list', { isDefault: true })
    .description('List the policies in force.')
    .action(() => list(context))
  command
    .command('show')
    .description('Print a policy as it was applied.')
    .argument('<name>', 'its name')
    .argument('[version]', 'one of its versions; default: the one in force', readVersion)
    .action((name: string, version?: number) => show(context, name, version))
  changing(
    command
      .command('apply')
      .description('Apply the policies of a YAML file; returns when every connected ingress has them.')
      .argument('<file>', fileHelp),
    'set-N',
  )
    .option('--backtest <digest>', 'digest of the report that "airs policy backtest" made of this file')
    .action((file: string, options: ApplyOptions) => apply(context, file, options))
  command
    .command('validate')
    .description('Check the policies of a YAML file without applying them.')
    .argument('<file>', fileHelp)
    .action((file: string) => validate(context, file))
  command
    .command('schema')
    .description('Print the JSON Schema of a policy document, for editors.')
    .action(() => schema(context))
  command
    .command('diff')
    .description('Show what changed between versions of a policy, or what applying a file would change.')
    .argument('<name-or-file>', 'a policy, or a file (with a dot or slash in its name; - for standard input)')
    .argument('[from]', 'a version; default: the one before', readVersion)
    .argument('[to]', 'a version; default: the newest', readVersion)
    .action((what: string, from?: number, to?: number) => diff(context, what, from, to))
  configureBacktest(command.command('backtest'), context)
  command
    .command('history')
    .description('List every version of a policy: who applied it, when and why.')
    .argument('<name>', 'its name')
    .action((name: string) => history(context, name))
  changing(
    command
      .command('rollback')
      .description('Roll back to an earlier version of a policy; it becomes a new version.')
      .argument('<name>', 'its name')
      .argument('[version]', 'which version; default: the one before', readVersion),
    'VERSION',
  ).action((name: string, version: number | undefined, options: ChangeOptions) =>
    rollback(context, name, version, options),
  )
  changing(
    command
      .command('remove')
      .description('Remove a policy; returns when every connected ingress has dropped it.')
      .argument('<name>', 'its name'),
    'VERSION',
  ).action((name: string, options: ChangeOptions) => remove(context, name, options))
}

function changing(command: Command, tag: string): Command {
  return command
    .option('--reason <text>', 'why, for the record')
    .option('--if-match <tag>', `only if nothing has changed since ${tag} (as "airs policy list" prints it)`)
}

async function list(context: Context): Promise<void> {
  const { setVersion, policies } = await context.client().policies.list()
  context.result({ setVersion, policies }, () => {
    if (policies.length === 0) return 'No policies; "airs policy apply FILE" brings one into force.'
    const header = ['policy', 'version', 'mode', 'action', 'on', 'applied', 'by'].map((title) =>
      context.paint('bold', title),
    )
    const rows = policies.map(({ name, version, mode, action, direction, appliedAt, actor }) => [
      printable(name),
      String(version),
      mode ?? '?',
      action ?? '?',
      direction?.join(', ') ?? '?',
      formatInstant(appliedAt),
      printable(actor),
    ])
    return `${formatTable([header, ...rows])}\n\nThe set is at version ${setVersion} (set-${setVersion}).`
  })
}

async function show(context: Context, name: string, version: number | undefined): Promise<void> {
  const { policies } = context.client()
  const policy = version === undefined ? await policies.get(name) : await policies.getVersion(name, version)
  context.result(policy, () =>
    policy.document === null
      ? `Version ${policy.version} removed the policy.`
      : printableLines(policy.document.trimEnd()),
  )
}

async function apply(context: Context, file: string, options: ApplyOptions): Promise<void> {
  const yaml = await readInput(file, context.io)
  const response = await namingPolicyFile(file, () => context.client().policies.apply(yaml, withTag(options)))
  context.result(response, () =>
    response.applied
      .map(
        ({ name, version, mode, changed }) =>
          `${printable(name)}: version ${version}, mode ${mode}${changed ? '' : ', unchanged'}`,
      )
      .join('\n'),
  )
  warn(context, response.applied)
  noteActivation(context, response.ingresses)
  await noteMode(context)
}

/** Somebody who applies an enforcing policy expects it to act. */
async function noteMode(context: Context): Promise<void> {
  if (context.isJson()) return
  const setting = await context.client().mode.get()
  if (setting?.mode === 'observe')
    context.note(
      'The mode is observe: policies that enforce only record what they would do. "airs mode enforce" has them carried out.',
    )
}

/** What is easily overlooked: on standard error, because it is no result. */
function warn(context: Context, policies: { name: string; warnings?: string[] | undefined }[]): void {
  if (context.isJson()) return
  for (const { name, warnings = [] } of policies)
    for (const warning of warnings) context.note(`Note on ${printable(name)}: ${printable(warning)}.`)
}

async function validate(context: Context, file: string): Promise<void> {
  const yaml = await readInput(file, context.io)
  const policies = await namingPolicyFile(file, () => context.client().policies.validate(yaml))
  context.result({ policies }, () =>
    policies.map(({ name, mode }) => `${printable(name)}: valid, mode ${mode}`).join('\n'),
  )
  warn(context, policies)
}

async function schema(context: Context): Promise<void> {
  const schema = await context.client().policies.schema()
  context.result(schema, () => JSON.stringify(schema, null, 2))
}

async function diff(context: Context, what: string, from?: number, to?: number): Promise<void> {
  const { policies } = context.client()
  const isFile = what === '-' || /[./\\]/.test(what)
  if (isFile && from !== undefined)
    throw new CommandError(exitCodes.usage, 'usage', 'Versions belong to a policy, not to a file.')
  const diffs = isFile
    ? await diffFile(context, what)
    : [
        await policies.diff(what, {
          ...(from !== undefined && { from }),
          ...(to !== undefined && { to }),
        }),
      ]
  context.result(isFile ? { diffs } : diffs[0], () => diffs.map((one) => diffText(context, one)).join('\n'))
}

async function diffFile(context: Context, file: string): Promise<PolicyDiff[]> {
  const yaml = await readInput(file, context.io)
  return namingPolicyFile(file, () => context.client().policies.diffDocuments(yaml))
}

function diffText({ paint }: Context, { name, unified }: PolicyDiff): string {
  if (unified === '') return `${printable(name)}: nothing changed`
  const colours = { '-': 'red', '+': 'green', '@': 'cyan' } as const
  return unified
    .trimEnd()
    .split('\n')
    .map((line) => {
      const colour = colours[line[0] as keyof typeof colours]
      return colour ? paint(colour, printableLines(line)) : printableLines(line)
    })
    .join('\n')
}

async function history(context: Context, name: string): Promise<void> {
  const versions = await context.client().policies.history(name)
  context.result({ versions }, () => {
    const header = ['version', 'mode', 'action', 'applied', 'by', 'what'].map((title) =>
      context.paint('bold', title),
    )
    return formatTable([header, ...versions.map(versionRow)])
  })
}

function versionRow(one: PolicyVersion): string[] {
  const { version, document, mode, action, appliedAt, actor, reason, restores, backtest } = one
  const what = [
    document === null ? 'removed' : restores === null ? 'applied' : `version ${restores} again`,
    backtest === null ? undefined : `backtest ${backtest.slice(0, 12)}`,
    reason === null ? undefined : `"${reason}"`,
  ].filter((part) => part !== undefined)
  return [
    String(version),
    mode ?? '-',
    action ?? '-',
    formatInstant(appliedAt),
    printable(actor),
    printable(what.join(', ')),
  ]
}

async function rollback(
  context: Context,
  name: string,
  wanted: number | undefined,
  options: ChangeOptions,
): Promise<void> {
  const { policies } = context.client()
  const version = wanted ?? (await versionBefore(context, name))
  const response = await policies.rollback(name, version, withTag(options))
  context.result(response, () =>
    response.changed
      ? `${printable(name)}: version ${response.version}, which is version ${version} again`
      : `${printable(name)}: version ${response.version} is in force and says the same as version ${version}`,
  )
  noteActivation(context, response.ingresses)
}

/** The newest version with a document below the one in force, or below its removal. */
async function versionBefore(context: Context, name: string): Promise<number> {
  const [, ...earlier] = await context.client().policies.history(name)
  const before = earlier.find(({ document }) => document !== null)
  if (!before)
    throw new CommandError(exitCodes.failed, 'no_earlier_version', `${name} has no earlier version.`)
  return before.version
}

async function remove(context: Context, name: string, options: ChangeOptions): Promise<void> {
  const response = await context.client().policies.remove(name, withTag(options))
  context.result(response, () => `${printable(response.name)}: removed, as version ${response.version}`)
  noteActivation(context, response.ingresses)
}

/** People may copy a tag with its quotes. */
function withTag<Options extends ChangeOptions>(options: Options): Options {
  const { ifMatch } = options
  return ifMatch === undefined ? options : { ...options, ifMatch: ifMatch.replace(/^"(.*)"$/, '$1') }
}

/** The number of a version, from the command line; `v3` is 3. */
function readVersion(text: string): number {
  const number = /^v?([1-9]\d{0,8})$/.exec(text)?.[1]
  if (number === undefined) throw new InvalidArgumentError('Give the number of a version.')
  return Number(number)
}
