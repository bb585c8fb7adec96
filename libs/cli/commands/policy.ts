import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { formatInstant } from '../format.ts'
import { printable, printableLines } from '../printable.ts'
import { readInput } from '../read-input.ts'
import { formatTable } from '../table.ts'

export function configurePolicy(command: Command, context: Context): void {
  command
    .command('list', { isDefault: true })
    .description('List the policies in force.')
    .action(() => list(context))
  command
    .command('show')
    .description('Print a policy as it was applied.')
    .argument('<name>', 'its name')
    .action((name: string) => show(context, name))
  command
    .command('apply')
    .description('Apply the policies of a YAML file; answers when every connected ingress has them.')
    .argument('<file>', 'one or several policy documents; - for standard input')
    .action((file: string) => apply(context, file))
  command
    .command('remove')
    .description('Remove a policy; answers when every connected ingress knows.')
    .argument('<name>', 'its name')
    .action((name: string) => remove(context, name))
}

async function list(context: Context): Promise<void> {
  const policies = await context.client().policies.list()
  context.answer({ policies }, () => {
    if (policies.length === 0) return 'No policies; "airs policy apply FILE" brings one into force.'
    const header = ['policy', 'version', 'applied', 'by'].map((title) => context.paint('bold', title))
    const rows = policies.map(({ name, version, applied_at, actor }) => [
      printable(name),
      String(version),
      formatInstant(applied_at),
      printable(actor),
    ])
    return formatTable([header, ...rows])
  })
}

async function show(context: Context, name: string): Promise<void> {
  const policy = await context.client().policies.get(name)
  context.answer(policy, () => printableLines(policy.document.trimEnd()))
}

async function apply(context: Context, file: string): Promise<void> {
  const yaml = await readInput(file, context.io)
  const applied = await context.client().policies.apply(yaml)
  context.answer({ applied }, () =>
    applied
      .map(
        ({ name, version, changed }) =>
          `${printable(name)}: version ${version}${changed ? '' : ', unchanged'}`,
      )
      .join('\n'),
  )
}

async function remove(context: Context, name: string): Promise<void> {
  const removed = await context.client().policies.remove(name)
  context.answer(removed, () => `${printable(removed.name)}: removed, as version ${removed.version}`)
}
