import { deadLetterServices } from '@airs-cp/client'
import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { printable } from '../printable.ts'
import { formatTable } from '../table.ts'

export function configureConfiguration(command: Command, context: Context): void {
  command
    .description('Show what each process runs with. A secret is never shown.')
    .option('--all', 'include what nobody has set, with its default')
    .action(({ all = false }: { all?: boolean }) => list(context, all))
}

async function list(context: Context, all: boolean): Promise<void> {
  const { figures } = context.client()
  const [ingresses, ...services] = await Promise.all([
    figures.ingresses(),
    ...deadLetterServices.map((service) => figures.service(service)),
  ])
  const processes = [
    ...ingresses.map(({ source, settings }) => ({ process: source, settings })),
    ...services.map(({ service, settings }) => ({ process: service, settings })),
  ]
  context.result({ processes }, () => {
    const header = ['process', 'variable', 'value', 'from'].map((title) => context.paint('bold', title))
    const rows = processes.flatMap(({ process, settings }) =>
      settings
        .filter(({ isSet }) => all || isSet)
        .map(({ name, value, isSet }) => [
          printable(process),
          name,
          value === null ? (isSet ? 'hidden, it is a secret' : 'not set') : printable(value),
          isSet ? 'set' : 'default',
        ]),
    )
    return formatTable([header, ...rows])
  })
}
